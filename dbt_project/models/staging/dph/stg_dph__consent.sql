-- One row per consent a client gave or withdrew, with the days it is in force.

with versions as (

    {{ fhir_versions("dph_consent", "Consent") }}

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
            "patient": {"reference": "VARCHAR"},
            "category": [{"coding": [{"system": "VARCHAR", "code": "VARCHAR", "display": "VARCHAR"}]}],
            "dateTime": "VARCHAR",
            "provision": {"type": "VARCHAR", "period": {"start": "VARCHAR", "end": "VARCHAR"}},
        }) }} as record
    from latest

),

renamed as (

    select
        parsed.id as consent_id,
        {{ reference_id("parsed.record.patient.reference", "Patient") }} as patient_id,

        parsed.record.status,
        parsed.record.category[1].coding[1].code as category_code,
        parsed.record.provision.type as provision_type,

        coalesce(
            {{ fhir_local_date("parsed.record.provision.period.start") }},
            {{ fhir_local_date("parsed.record.datetime") }}
        ) as valid_from,
        {{ fhir_local_date("parsed.record.provision.period.end") }} as valid_to,
        parsed.source_updated_at
    from parsed
    where coalesce(parsed.record.status, 'unknown') <> 'entered-in-error'

)

select * from renamed
