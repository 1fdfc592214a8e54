-- One row per outcome event in the health record: visits, overdoses, MOUD, death.
-- Rows of a Part 2 programme are flagged; int_outcome_events asks for the consent.
-- A diagnosis is coded up to a month after the visit: an overdose without an onset is
-- dated by the visit. Opioids only (T40.0 to .4, .6), poisoned, first seen (A): not
-- side effects, not sequels.

{% set opioid_poisoning = "^T40[.][0-46].[1-4](A|$)" %}

with encounters as (

    select
        encounter_id,
        patient_id,
        incident_number,
        is_part2,
        started_on
    from {{ ref("stg_dph__encounter") }}

),

overdoses as (

    select
        conditions.condition_id,
        conditions.patient_id,
        conditions.is_part2 or coalesce(encounters.is_part2, false) as is_part2,
        encounters.incident_number,
        coalesce(conditions.onset_on, encounters.started_on, conditions.recorded_on)
            as occurred_on
    from {{ ref("stg_dph__condition") }} as conditions
    left join encounters
        on conditions.encounter_id = encounters.encounter_id
    where regexp_matches(conditions.code, '{{ opioid_poisoning }}')

),

starts as (

    select
        performed.procedure_id,
        performed.patient_id,
        performed.code,
        performed.performed_on,
        performed.is_part2 or coalesce(encounters.is_part2, false) as is_part2
    from {{ ref("stg_dph__procedure") }} as performed
    left join encounters
        on performed.encounter_id = encounters.encounter_id
    where performed.status not in ('not-done', 'preparation')

),

visits as (

    select
        source_report_id,
        client_record_id,
        contacted_on
    from {{ ref("int_contact_reports__dph") }}
    where team_code = 'ED'

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
    client_record_id as source_client_record_id,
    'emergency_department_visit' as outcome_type,
    contacted_on as occurred_on,
    'encounter:' || source_report_id as source_event_id,
    cast(null as varchar) as incident_number,
    false as is_part2
from visits
union all
select
    'dph:fhir:' || patient_id as source_client_record_id,
    'overdose' as outcome_type,
    occurred_on,
    'condition:' || condition_id as source_event_id,
    incident_number,
    is_part2
from overdoses
union all
select
    'dph:fhir:' || starts.patient_id as source_client_record_id,
    'moud_start' as outcome_type,
    starts.performed_on as occurred_on,
    'procedure:' || starts.procedure_id as source_event_id,
    cast(null as varchar) as incident_number,
    starts.is_part2
from starts
inner join moud_codes
    on starts.code = moud_codes.code
union all
select
    'dph:fhir:' || patient_id as source_client_record_id,
    'death' as outcome_type,
    deceased_on as occurred_on,
    'death:' || patient_id as source_event_id,
    cast(null as varchar) as incident_number,
    false as is_part2
from deaths
