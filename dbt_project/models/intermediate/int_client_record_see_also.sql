-- One row per pair of client records that their department says are one person while
-- both stay in use (Patient.link refer and seealso): evidence, not a merge.

with crosswalk as (

    select
        source_client_record_id,
        client_record_id
    from {{ ref("int_client_record_crosswalk") }}

),

links as (

    select
        left_ids.client_record_id as one_id,
        right_ids.client_record_id as other_id
    from {{ ref("stg_dph__patient_link") }} as links
    inner join crosswalk as left_ids
        on 'dph:fhir:' || links.patient_id = left_ids.source_client_record_id
    inner join crosswalk as right_ids
        on 'dph:fhir:' || links.other_patient_id = right_ids.source_client_record_id
    where links.link_type in ('refer', 'seealso')

)

select distinct
    least(one_id, other_id) as client_record_id,
    greatest(one_id, other_id) as other_client_record_id
from links
where one_id <> other_id
