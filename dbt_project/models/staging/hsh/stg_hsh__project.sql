-- One row per HMIS project.

with versions as (

    select
        *,
        {{ local_time("dateupdated") }} as source_updated_at,
        {{ text_value("datedeleted") }} is not null as is_deleted
    from {{ source("raw", "hsh_project") }}

),

latest as (

    {{ latest_version("versions", "projectid") }}

),

renamed as (

    select
        {{ text_value("projectid") }} as project_id,
        {{ text_value("organizationid") }} as organization_id,

        {{ text_value("projectname") }} as project_name,
        {{ text_value("projectcommonname") }} as project_common_name,
        {{ id_value("projecttype") }} as project_type_code,
        {{ id_value("housingtype") }} as housing_type_code,

        {{ date_value("operatingstartdate") }} as operating_start_date,
        {{ date_value("operatingenddate") }} as operating_end_date,
        source_updated_at
    from latest

)

select * from renamed
