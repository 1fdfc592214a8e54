-- One row per service requested for a client: a health department's offer.

with versions as (

    {{ fhir_versions("dph_service_request", "ServiceRequest") }}

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
            "authoredOn": "VARCHAR",
            "occurrenceDateTime": "VARCHAR",
            "extension": [{
                "url": "VARCHAR",
                "valueCodeableConcept": {"coding": [{"code": "VARCHAR"}], "text": "VARCHAR"},
            }],
        }) }} as record
    from latest

),

reasoned as (

    select
        *,
        {{ first_with(
            "parsed.record.extension",
            "url",
            "http://hl7.org/fhir/StructureDefinition/request-statusReason"
        ) }}.valuecodeableconcept as reason
    from parsed

),

renamed as (

    select
        reasoned.id as service_request_id,
        {{ reference_id("reasoned.record.subject.reference", "Patient") }}
            as patient_id,
        {{ reference_id("reasoned.record.encounter.reference", "Encounter") }}
            as encounter_id,

        reasoned.record.status,
        reasoned.record.code.coding[1].code as code,
        reasoned.reason.coding[1].code as result_code,
        reasoned.reason.text as reason_text,
        {{ is_part2("reasoned.resource") }} as is_part2,

        {{ fhir_instant("reasoned.record.authoredon") }} as authored_at,
        {{ fhir_local_date("reasoned.record.authoredon") }} as authored_on,
        {{ fhir_local_date("reasoned.record.occurrencedatetime") }} as fulfilled_on,
        reasoned.source_updated_at
    from reasoned
    where coalesce(reasoned.record.status, 'unknown') <> 'entered-in-error'

)

select * from renamed
