-- One row per procedure, medication starts included; entered in error is gone.

with versions as (

    {{ fhir_versions("dph_procedure", "Procedure") }}

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
            "performedDateTime": "VARCHAR",
            "performedPeriod": {"start": "VARCHAR"},
        }) }} as record
    from latest

),

renamed as (

    select
        id as procedure_id,
        {{ reference_id("record.subject.reference") }} as patient_id,
        {{ reference_id("record.encounter.reference") }} as encounter_id,

        record.status as status,
        record.code.coding[1].system as code_system,
        record.code.coding[1].code as code,
        record.code.coding[1].display as code_text,
        {{ is_part2("resource") }} as is_part2,

        coalesce(
            {{ fhir_local_date("record.performeddatetime") }},
            {{ fhir_local_date("record.performedperiod.start") }}
        ) as performed_on,
        source_updated_at
    from parsed
    where record.status <> 'entered-in-error'

)

select * from renamed
