-- One row per enrolment of a client in a project.
-- Gone when deleted at the source, or absent from a full refresh that covers it.

with full_refreshes as (

    {{ full_refreshes("hsh_enrollment") }}

),

versions as (

    select
        *,
        {{ date_value("entrydate") }} as covered_on,
        {{ local_time("dateupdated") }} as source_updated_at,
        {{ text_value("datedeleted") }} is not null as is_deleted
    from {{ source("raw", "hsh_enrollment") }}

),

latest as (

    {{ latest_version("versions", "enrollmentid") }}

),

renamed as (

    select
        {{ text_value("enrollmentid") }} as enrollment_id,
        {{ text_value("personalid") }} as personal_id,
        {{ text_value("projectid") }} as project_id,
        {{ text_value("householdid") }} as household_id,

        {{ id_value("relationshiptohoh") }} as relationship_to_head,
        {{ id_value("livingsituation") }} as living_situation,

        {{ date_value("entrydate") }} as entry_date,
        {{ date_value("dateofengagement") }} as engaged_on,
        {{ date_value("moveindate") }} as move_in_date,
        source_updated_at
    from latest
    where not {{ is_absent_from_full_refresh("latest", "covered_on", "enrollmentid") }}

)

select * from renamed
