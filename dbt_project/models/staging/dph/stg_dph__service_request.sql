-- One row per service requested for a client: a health department's offer.

with versions as (

    {{ fhir_versions("dph_service_request", "ServiceRequest") }}

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
            "record.extension",
            "url",
            "http://hl7.org/fhir/StructureDefinition/request-statusReason"
        ) }}.valuecodeableconcept as reason
    from parsed

),

renamed as (

    select
        id as service_request_id,
        {{ reference_id("record.subject.reference") }} as patient_id,
        {{ reference_id("record.encounter.reference") }} as encounter_id,

        record.status as status,
        record.code.coding[1].code as code,
        reason.coding[1].code as result_code,
        reason.text as reason_text,

        {{ fhir_instant("record.authoredon") }} as authored_at,
        {{ fhir_local_date("record.authoredon") }} as authored_on,
        {{ fhir_local_date("record.occurrencedatetime") }} as fulfilled_on,
        source_updated_at
    from reasoned
    where record.status <> 'entered-in-error'

)

select * from renamed
