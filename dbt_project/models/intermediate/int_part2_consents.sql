-- One row per id of a client record whose consent to share Part 2 records is in force
-- today: ids merged away stand for the record that survives.
-- Today is the last day the health department's data cover. In force: permitted, begun,
-- not ended, and denied neither here nor in another profile of the same record, for
-- Part 2 or for any release at all: the most restrictive choice holds. A withdrawn or
-- expired consent takes its rows out of the next build.

with crosswalk as (

    select
        source_client_record_id,
        client_record_id
    from {{ ref("int_client_record_crosswalk") }}

),

consents as (

    select
        crosswalk.client_record_id,
        consents.status,
        consents.category_code,
        consents.provision_type,
        consents.valid_from,
        consents.valid_to
    from {{ ref("stg_dph__consent") }} as consents
    inner join crosswalk
        on 'dph:fhir:' || consents.patient_id = crosswalk.source_client_record_id

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'dph_fhir'

),

in_force as (

    select
        consents.client_record_id,
        consents.valid_from,
        consents.valid_to,
        consents.status = 'active'
        and consents.category_code = '42CFRPart2'
        and consents.provision_type = 'permit' as is_permit,
        consents.status in ('active', 'rejected')
        and consents.provision_type = 'deny' as is_denial
    from consents
    cross join today
    where
        coalesce(consents.valid_from, today.data_through) <= today.data_through
        and coalesce(consents.valid_to, today.data_through) >= today.data_through

),

permitted as (

    select
        client_record_id,
        min(valid_from) as valid_from,
        max(valid_to) as valid_to
    from in_force
    group by client_record_id
    having bool_or(is_permit) and not bool_or(is_denial)

)

select
    crosswalk.source_client_record_id,
    permitted.client_record_id,
    permitted.valid_from,
    permitted.valid_to
from permitted
inner join crosswalk
    on permitted.client_record_id = crosswalk.client_record_id
