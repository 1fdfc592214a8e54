-- One row per health encounter that counts as a contact with the client.
-- One of a 42 CFR Part 2 programme is there only on a day under a consent in force.

with encounters as (

    select
        encounter_id,
        patient_id,
        status,
        class_code,
        type_code,
        visit_kind_code,
        neighborhood,
        incident_number,
        is_part2,
        started_at,
        started_on,
        time_precision
    from {{ ref("stg_dph__encounter") }}

),

consents as (

    select
        source_client_record_id,
        valid_from,
        valid_to
    from {{ ref("int_part2_consents") }}

),

statuses as (

    select status
    from {{ ref("fhir_encounter_status_map") }}
    where counts_as_contact = 1

),

kinds as (

    select
        matches,
        code,
        team_code,
        contact_kind
    from {{ ref("fhir_encounter_kind") }}

),

visit_kinds as (

    select contact_kind
    from {{ ref("contact_kind") }}

)

select
    encounters.encounter_id as source_report_id,
    'dph:fhir:' || encounters.patient_id as client_record_id,
    'fhir' as source_system,
    coalesce(by_type.team_code, by_class.team_code) as team_code,
    coalesce(
        visit_kinds.contact_kind, by_type.contact_kind, by_class.contact_kind
    ) as contact_kind,
    encounters.started_at as contacted_at,
    encounters.started_on as contacted_on,
    encounters.time_precision,
    false as is_ambiguous_time,
    encounters.incident_number,
    true as is_contact_made,
    encounters.neighborhood
from encounters
inner join statuses
    on encounters.status = statuses.status
left join kinds as by_type
    on
        by_type.matches = 'type'
        and encounters.type_code = by_type.code
left join kinds as by_class
    on
        by_class.matches = 'class'
        and encounters.class_code = by_class.code
left join visit_kinds
    on encounters.visit_kind_code = visit_kinds.contact_kind
left join consents
    on
        'dph:fhir:' || encounters.patient_id = consents.source_client_record_id
        and {{ is_in_spell("encounters.started_on", "consents") }}
where
    coalesce(by_type.team_code, by_class.team_code) is not null
    and (not encounters.is_part2 or consents.source_client_record_id is not null)
