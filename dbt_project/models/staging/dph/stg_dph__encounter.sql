-- One row per health encounter, open or closed; entered in error is gone.

with versions as (

    {{ fhir_versions("dph_encounter", "Encounter") }}

),

latest as (

    {{ latest_version("versions", "id") }}

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
        id as encounter_id,
        {{ reference_id("record.subject.reference") }} as patient_id,

        record.status as status,
        record.class.code as class_code,
        record.type[1].coding[1].code as type_code,
        record.type[2].coding[1].code as visit_kind_code,
        record.location[1].location.display as neighborhood,
        {{ first_with("record.identifier", "system", "https://sf.gov/dem/cad-number") }}
            .value as incident_number,
        {{ is_part2("resource") }} as is_part2,

        {{ fhir_instant("record.period.start") }} as started_at,
        {{ fhir_local_date("record.period.start") }} as started_on,
        case when length(record.period.start) > 10 then 'second' else 'day' end
            as time_precision,
        {{ fhir_local_date("record.period.end") }} as ended_on,
        source_updated_at
    from parsed
    where record.status <> 'entered-in-error'

)

select * from renamed
