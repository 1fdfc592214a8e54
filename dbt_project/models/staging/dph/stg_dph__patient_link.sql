-- One row per link between two profiles that a patient's last version carries:
-- replaces (the other was merged into this one), refer and seealso (both are in use and
-- are one person). replaced-by stands on the patient itself.

with versions as (

    {{ fhir_versions("dph_patient", "Patient") }}

),

latest as (

    {{ latest_version("versions", "id", sequence="version_sequence") }}

),

parsed as (

    select
        latest.id,
        latest.source_updated_at,
        latest._delivery_id,
        unnest(
            {{ json_record(
                "latest.resource",
                {"link": [{"other": {"reference": "VARCHAR"}, "type": "VARCHAR"}]}
            ) }}.link
        ) as link
    from latest
    where latest.resource like '%"link"%'

),

renamed as (

    select distinct
        parsed.id as patient_id,
        parsed.link.type as link_type,
        {{ reference_id("parsed.link.other.reference", "Patient") }}
            as other_patient_id,
        parsed.source_updated_at as updated_at,
        parsed._delivery_id as delivery_id
    from parsed
    where parsed.link.type in ('replaces', 'refer', 'seealso')

)

select * from renamed
where other_patient_id is not null
