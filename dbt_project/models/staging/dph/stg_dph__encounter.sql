-- One row per health encounter, open or closed; entered in error is gone.

with versions as (

    {{ fhir_versions("dph_encounter", "Encounter") }}

),

latest as (

    {{ latest_version("versions", "id", sequence="version_sequence") }}

),

parsed as (

    select
        id,
        resource,
        source_updated_at,
        {{ json_record("resource", {
            "status": "VARCHAR",
            "class": {"code": "VARCHAR"},
            "type": [{"coding": [{"system": "VARCHAR", "code": "VARCHAR", "display": "VARCHAR"}]}],
            "subject": {"reference": "VARCHAR"},
            "period": {"start": "VARCHAR", "end": "VARCHAR"},
            "location": [{"location": {"display": "VARCHAR"}}],
            "identifier": [{"system": "VARCHAR", "value": "VARCHAR"}],
        }) }} as record
    from latest

),

renamed as (

    select
        parsed.id as encounter_id,
        {{ reference_id("parsed.record.subject.reference", "Patient") }} as patient_id,

        parsed.record.status,
        parsed.record.class.code as class_code,
        parsed.record.type[1].coding[1].code as type_code,
        parsed.record.type[2].coding[1].code as visit_kind_code,
        parsed.record.location[1].location.display as neighborhood,
        {{ first_with(
            "parsed.record.identifier", "system", "https://sf.gov/dem/cad-number"
        ) }}
        .value as incident_number,
        {{ is_part2("parsed.resource") }} as is_part2,

        {{ fhir_instant("parsed.record.period.start") }} as started_at,
        {{ fhir_local_date("parsed.record.period.start") }} as started_on,
        case
            when length(parsed.record.period.start) > 10 then 'second'
            when length(parsed.record.period.start) = 10 then 'day'
        end as time_precision,
        {{ fhir_local_date("parsed.record.period.end") }} as ended_on,
        parsed.source_updated_at
    from parsed
    where coalesce(parsed.record.status, 'unknown') <> 'entered-in-error'

)

select * from renamed
