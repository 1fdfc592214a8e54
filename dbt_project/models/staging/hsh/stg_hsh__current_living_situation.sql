-- One row per current living situation recorded: a contact, if by outreach.
-- Gone when deleted at the source, or absent from a full refresh that covers it.

with full_refreshes as (

    {{ full_refreshes("hsh_current_living_situation") }}

),

versions as (

    select
        *,
        {{ date_value("informationdate") }} as covered_on,
        {{ local_time("dateupdated") }} as source_updated_at,
        {{ text_value("datedeleted") }} is not null as is_deleted
    from {{ source("raw", "hsh_current_living_situation") }}

),

latest as (

    {{ latest_version("versions", "currentlivingsitid") }}

),

renamed as (

    select
        {{ text_value("currentlivingsitid") }} as current_living_situation_id,
        {{ text_value("enrollmentid") }} as enrollment_id,
        {{ text_value("personalid") }} as personal_id,

        {{ id_value("currentlivingsituation") }} as living_situation,
        {{ text_value("locationdetails") }} as location_details,

        {{ date_value("informationdate") }} as information_date,
        source_updated_at
    from latest
    where
        not {{ is_absent_from_full_refresh(
            "latest", "covered_on", "currentlivingsitid"
        ) }}

)

select * from renamed
