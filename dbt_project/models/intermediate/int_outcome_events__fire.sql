-- One row per MOUD start or death in a patient care report.

with reports as (

    select
        report_id,
        contacted_on,
        medication_codes,
        destination_code
    from {{ ref("stg_fire__epcr") }}

),

moud_codes as (

    select code
    from {{ ref("moud_code") }}
    where source_system = 'epcr'

),

destinations as (

    select code
    from {{ ref("nemsis_destination_type_map") }}
    where destination_category = 'deceased'

),

events as (

    select
        reports.report_id,
        reports.contacted_on,
        'moud_start' as outcome_type
    from reports
    inner join moud_codes
        on ';' || reports.medication_codes || ';' like '%;' || moud_codes.code || ';%'
    union all
    select
        reports.report_id,
        reports.contacted_on,
        'death' as outcome_type
    from reports
    inner join destinations
        on reports.destination_code = destinations.code

)

select
    'fire:epcr:' || report_id as source_client_record_id,
    outcome_type,
    contacted_on as occurred_on,
    outcome_type || ':' || report_id as source_event_id,
    false as is_part2
from events
