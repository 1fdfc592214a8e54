-- One row per id of a client record and spell of days under a consent to share Part 2
-- records for analysis: ids merged away stand for the record that survives.
-- A row of a Part 2 programme is shown when its day lies in a spell (int_consents).

with crosswalk as (

    select
        source_client_record_id,
        client_record_id
    from {{ ref("int_client_record_crosswalk") }}

),

consents as (

    select
        client_record_id,
        valid_from,
        valid_to
    from {{ ref("int_consents") }}
    where consent = 'part2' and purpose = 'analysis'

)

select
    crosswalk.source_client_record_id,
    consents.client_record_id,
    consents.valid_from,
    consents.valid_to
from consents
inner join crosswalk
    on consents.client_record_id = crosswalk.client_record_id
