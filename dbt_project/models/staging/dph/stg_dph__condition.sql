-- One row per condition diagnosed; entered in error is gone.

with versions as (

    {{ fhir_versions("dph_condition", "Condition") }}

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
            "verificationStatus": {"coding": [{"system": "VARCHAR", "code": "VARCHAR", "display": "VARCHAR"}]},
            "code": {"coding": [{"system": "VARCHAR", "code": "VARCHAR", "display": "VARCHAR"}]},
            "subject": {"reference": "VARCHAR"},
            "encounter": {"reference": "VARCHAR"},
            "onsetDateTime": "VARCHAR",
            "recordedDate": "VARCHAR",
        }) }} as record
    from latest

),

renamed as (

    select
        parsed.id as condition_id,
        {{ reference_id("parsed.record.subject.reference", "Patient") }} as patient_id,
        {{ reference_id("parsed.record.encounter.reference", "Encounter") }}
            as encounter_id,

        parsed.record.code.coding[1].system as code_system,
        parsed.record.code.coding[1].code as code,
        parsed.record.code.coding[1].display as code_text,
        parsed.record.verificationstatus.coding[1].code as verification_status,
        {{ is_part2("parsed.resource") }} as is_part2,

        {{ fhir_local_date("parsed.record.onsetdatetime") }} as onset_on,
        {{ fhir_local_date("parsed.record.recordeddate") }} as recorded_on,
        parsed.source_updated_at
    from parsed
    where
        coalesce(parsed.record.verificationstatus.coding[1].code, 'unconfirmed')
        not in ('entered-in-error', 'refuted')

)

select * from renamed
