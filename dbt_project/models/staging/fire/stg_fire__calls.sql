-- One row per fire or EMS unit dispatched to a call (call number x unit).
-- Count incidents on int_dispatched_incidents, never here: one call sends many units.

with versions as (

    select
        *,
        {{ text_value("rowid") }} as call_unit_id,
        coalesce(
            {{ local_time("data_loaded_at") }}, {{ local_time("data_as_of") }}
        ) as source_updated_at,
        false as is_deleted
    from {{ source("raw", "fire_calls") }}

),

latest as (

    {{ latest_version("versions", "call_unit_id") }}

),

typed as (

    select
        *,
        {{ local_time("received_dttm") }} as received_at_local
    from latest

),

renamed as (

    select
        call_unit_id,
        {{ id_value("call_number") }} as call_number,
        {{ id_value("incident_number") }} as incident_number,
        {{ text_value("unit_id") }} as unit_id,

        {{ text_value("call_type") }} as call_type,
        {{ text_value("call_type_group") }} as call_type_group,
        {{ text_value("unit_type") }} as unit_type,
        {{ text_value("call_final_disposition") }} as final_disposition,

        {{ crossing_value("address") }} as intersection,
        {{ id_value("zipcode_of_incident") }} as zip,
        {{ text_value("neighborhoods_analysis_boundaries") }} as neighborhood,
        {{ integer_value("supervisor_district") }} as supervisor_district,

        {{ utc_from_local("received_at_local") }} as received_at,
        cast(received_at_local as date) as received_on,
        {{ is_ambiguous_local("received_at_local") }} as is_ambiguous_time,
        {{ utc_from_local(local_time("on_scene_dttm")) }} as on_scene_at,
        source_updated_at
    from typed

)

select * from renamed
