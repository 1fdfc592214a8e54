-- One row per outcome event in the health record: visits, overdoses, MOUD, death.
-- Rows of a Part 2 programme are flagged; int_outcome_events asks for the consent.

with conditions as (

    select
        condition_id,
        patient_id,
        code,
        is_part2,
        occurred_on
    from {{ ref("stg_dph__condition") }}

),

procedures as (

    select
        procedure_id,
        patient_id,
        code,
        is_part2,
        performed_on
    from {{ ref("stg_dph__procedure") }}
    where status not in ('not-done', 'preparation')

),

visits as (

    select
        reports.source_report_id,
        encounters.patient_id,
        encounters.is_part2,
        reports.contacted_on
    from {{ ref("int_contact_reports__dph") }} as reports
    inner join {{ ref("stg_dph__encounter") }} as encounters
        on reports.source_report_id = encounters.encounter_id
    where reports.contact_kind in ('emergency_department', 'psychiatric_emergency')

),

deaths as (

    select
        patient_id,
        deceased_on
    from {{ ref("stg_dph__patient") }}
    where deceased_on is not null

),

moud_codes as (

    select code
    from {{ ref("moud_code") }}
    where source_system = 'fhir'

)

select
    'dph:fhir:' || patient_id as source_client_record_id,
    'emergency_department_visit' as outcome_type,
    contacted_on as occurred_on,
    'encounter:' || source_report_id as source_event_id,
    is_part2
from visits
union all
select
    'dph:fhir:' || patient_id as source_client_record_id,
    'overdose' as outcome_type,
    occurred_on,
    'condition:' || condition_id as source_event_id,
    is_part2
from conditions
where code like 'T40%'
union all
select
    'dph:fhir:' || procedures.patient_id as source_client_record_id,
    'moud_start' as outcome_type,
    procedures.performed_on as occurred_on,
    'procedure:' || procedures.procedure_id as source_event_id,
    procedures.is_part2
from procedures
inner join moud_codes
    on procedures.code = moud_codes.code
union all
select
    'dph:fhir:' || patient_id as source_client_record_id,
    'death' as outcome_type,
    deceased_on as occurred_on,
    'death:' || patient_id as source_event_id,
    false as is_part2
from deaths
