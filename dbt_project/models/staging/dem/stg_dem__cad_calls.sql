-- One row per dispatched call (CAD number), as last updated by dispatch.
-- Sensitive calls come without place: the place stays null, never 0,0.

with versions as (

    select
        *,
        {{ id_value("cad_number") }} as call_id,
        coalesce(
            {{ local_time("call_last_updated_at") }},
            {{ local_time("data_updated_at") }}
        ) as source_updated_at,
        false as is_deleted
    from {{ source("raw", "dem_cad_calls") }}

),

latest as (

    {{ latest_version("versions", "call_id") }}

),

typed as (

    select
        *,
        {{ local_time("received_datetime") }} as received_at_local
    from latest

),

renamed as (

    select
        call_id as cad_number,
        {{ id_value("dup_cad_number") }} as duplicate_of_cad_number,

        {{ text_value("agency") }} as agency,
        {{ id_value("call_type_final") }} as call_type_final,
        {{ text_value("call_type_final_desc") }} as call_type_final_text,
        {{ text_value("priority_final") }} as priority_final,
        {{ id_value("disposition") }} as disposition_code,
        {{ text_value("onview_flag") }} as onview_flag,
        lower({{ text_value("sensitive_call") }})
        not in ('false', 'f', 'no', 'n', '0', '0.0') as is_sensitive,

        {{ crossing_value("intersection_name") }} as intersection,
        {{ text_value("analysis_neighborhood") }} as neighborhood,
        {{ integer_value("supervisor_district") }} as supervisor_district,

        {{ utc_from_local("received_at_local") }} as received_at,
        cast(received_at_local as date) as received_on,
        {{ is_ambiguous_local("received_at_local") }} as is_ambiguous_time,
        {{ utc_from_local(local_time("onscene_datetime")) }} as on_scene_at,
        {{ utc_from_local(local_time("close_datetime")) }} as closed_at,
        source_updated_at
    from typed

)

select * from renamed
