-- One row per coordinated-entry assessment.
-- Gone when deleted at the source, or absent from a full refresh that covers it.

with full_refreshes as (

    {{ full_refreshes("hsh_assessment") }}

),

versions as (

    select
        *,
        {{ date_value("assessmentdate") }} as covered_on,
        {{ local_time("dateupdated") }} as source_updated_at,
        {{ text_value("datedeleted") }} is not null as is_deleted
    from {{ source("raw", "hsh_assessment") }}

),

latest as (

    {{ latest_version("versions", "assessmentid") }}

),

renamed as (

    select
        {{ text_value("assessmentid") }} as assessment_id,
        {{ text_value("enrollmentid") }} as enrollment_id,
        {{ text_value("personalid") }} as personal_id,

        {{ id_value("assessmenttype") }} as assessment_type,
        {{ id_value("assessmentlevel") }} as assessment_level,
        {{ id_value("prioritizationstatus") }} as prioritization_status,

        {{ date_value("assessmentdate") }} as assessed_on,
        source_updated_at
    from latest
    where not {{ is_absent_from_full_refresh("latest", "covered_on", "assessmentid") }}

)

select * from renamed
