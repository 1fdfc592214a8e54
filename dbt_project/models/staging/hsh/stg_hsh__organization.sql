-- One row per HMIS organisation.

with versions as (

    select
        *,
        {{ local_time("dateupdated") }} as source_updated_at,
        {{ text_value("datedeleted") }} is not null as is_deleted
    from {{ source("raw", "hsh_organization") }}

),

latest as (

    {{ latest_version("versions", "organizationid") }}

),

renamed as (

    select
        {{ text_value("organizationid") }} as organization_id,
        {{ text_value("organizationname") }} as organization_name,
        {{ id_value("victimserviceprovider") }} = '1' as is_victim_service_provider,
        source_updated_at
    from latest

)

select * from renamed
