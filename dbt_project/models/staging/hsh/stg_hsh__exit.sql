-- One row per exit from an enrolment.
-- Gone when deleted at the source, or absent from a full refresh that covers it.

with full_refreshes as (

    {{ full_refreshes("hsh_exit") }}

),

versions as (

    select
        *,
        {{ date_value("exitdate") }} as covered_on,
        {{ local_time("dateupdated") }} as source_updated_at,
        {{ text_value("datedeleted") }} is not null as is_deleted
    from {{ source("raw", "hsh_exit") }}

),

latest as (

    {{ latest_version("versions", "exitid") }}

),

renamed as (

    select
        {{ text_value("exitid") }} as exit_id,
        {{ text_value("enrollmentid") }} as enrollment_id,
        {{ text_value("personalid") }} as personal_id,

        {{ date_value("exitdate") }} as exit_date,
        {{ id_value("destination") }} as destination_code,
        source_updated_at
    from latest
    where not {{ is_absent_from_full_refresh("latest", "covered_on", "exitid") }}

)

select * from renamed
