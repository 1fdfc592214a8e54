-- One row per coordinated-entry event: a referral or access event.
-- Gone when deleted at the source, or absent from a full refresh that covers it.

with full_refreshes as (

    {{ full_refreshes("hsh_event") }}

),

versions as (

    select
        *,
        {{ date_value("eventdate") }} as covered_on,
        {{ local_time("dateupdated") }} as source_updated_at,
        {{ text_value("datedeleted") }} is not null as is_deleted
    from {{ source("raw", "hsh_event") }}

),

latest as (

    {{ latest_version("versions", "eventid") }}

),

renamed as (

    select
        {{ text_value("eventid") }} as event_id,
        {{ text_value("enrollmentid") }} as enrollment_id,
        {{ text_value("personalid") }} as personal_id,

        {{ id_value("event") }} as event_code,
        {{ id_value("referralresult") }} as referral_result_code,
        {{ text_value("locationcrisisorphhousing") }} as location_project,

        {{ date_value("eventdate") }} as event_date,
        {{ date_value("resultdate") }} as result_date,
        source_updated_at
    from latest
    where not {{ is_absent_from_full_refresh("latest", "covered_on", "eventid") }}

)

select * from renamed
