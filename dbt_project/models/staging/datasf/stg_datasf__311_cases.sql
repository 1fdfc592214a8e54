-- One row per 311 case: a report about a place, never about a client.

with versions as (

    select
        *,
        {{ id_value("service_request_id") }} as case_id,
        {{ local_time("updated_datetime") }} as source_updated_at,
        false as is_deleted
    from {{ source("raw", "datasf_311_cases") }}

),

latest as (

    {{ latest_version("versions", "case_id") }}

),

typed as (

    select
        *,
        {{ local_time("requested_datetime") }} as requested_at_local
    from latest

),

renamed as (

    select
        case_id,

        {{ text_value("service_name") }} as service_name,
        {{ text_value("service_subtype") }} as service_subtype,
        {{ text_value("status_description") }} as status,
        {{ text_value("source") }} as reported_through,

        {{ text_value("analysis_neighborhood") }} as neighborhood,
        {{ integer_value("supervisor_district") }} as supervisor_district,

        {{ utc_from_local("requested_at_local") }} as requested_at,
        cast(requested_at_local as date) as requested_on,
        {{ is_ambiguous_local("requested_at_local") }} as is_ambiguous_time,
        {{ utc_from_local(local_time("closed_date")) }} as closed_at,
        source_updated_at
    from typed

)

select * from renamed
