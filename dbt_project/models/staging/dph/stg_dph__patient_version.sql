-- One row per version of a patient ever delivered, deletions included: what history is
-- made of. A profile merged away carries the id of the one that replaced it. Of the
-- versions of one patient in a delivery the later has the greater row number.

with versions as (

    {{ fhir_versions("dph_patient", "Patient") }}

),

parsed as (

    select
        *,
        bool_and(is_deleted or version_sequence is not null)
            over (partition by id) as is_counted,
        case
            when resource like '%"replaced-by"%'
                then
                    {{ json_record(
                        "resource",
                        {"link": [{"other": {"reference": "VARCHAR"}, "type": "VARCHAR"}]}
                    ) }}
        end as record
    from versions

),

renamed as (

    select
        parsed.id as patient_id,
        {{ reference_id(first_with("parsed.record.link", "type", "replaced-by")
            ~ ".other.reference", "Patient") }} as replaced_by_patient_id,
        parsed.is_deleted,

        parsed.source_updated_at as updated_at,
        parsed._delivery_id as delivery_id,
        row_number() over (
            partition by parsed._delivery_id, parsed.is_deleted
            order by
                case when parsed.is_counted then parsed.version_sequence end
                nulls first,
                parsed._row_number
        ) as row_number
    from parsed

)

select * from renamed
