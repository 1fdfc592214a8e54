-- One row per procedure, medication starts included; entered in error is gone.

with versions as (

    {{ fhir_versions("dph_procedure", "Procedure") }}

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
            "code": {"coding": [{"system": "VARCHAR", "code": "VARCHAR", "display": "VARCHAR"}]},
            "subject": {"reference": "VARCHAR"},
            "encounter": {"reference": "VARCHAR"},
            "performedDateTime": "VARCHAR",
            "performedPeriod": {"start": "VARCHAR"},
        }) }} as record
    from latest

),

renamed as (

    select
        parsed.id as procedure_id,
        {{ reference_id("parsed.record.subject.reference", "Patient") }} as patient_id,
        {{ reference_id("parsed.record.encounter.reference", "Encounter") }}
            as encounter_id,

        parsed.record.status,
        parsed.record.code.coding[1].system as code_system,
        parsed.record.code.coding[1].code as code,
        parsed.record.code.coding[1].display as code_text,
        {{ is_part2("parsed.resource") }} as is_part2,

        coalesce(
            {{ fhir_local_date("parsed.record.performeddatetime") }},
            {{ fhir_local_date("parsed.record.performedperiod.start") }}
        ) as performed_on,
        parsed.source_updated_at
    from parsed
    where coalesce(parsed.record.status, 'unknown') <> 'entered-in-error'

)

select * from renamed
