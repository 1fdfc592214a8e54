-- One row per service or referral provided under an enrolment.
-- Gone when deleted at the source, or absent from a full refresh that covers it.

with full_refreshes as (

    {{ full_refreshes("hsh_services") }}

),

versions as (

    select
        *,
        {{ date_value("dateprovided") }} as covered_on,
        {{ local_time("dateupdated") }} as source_updated_at,
        {{ text_value("datedeleted") }} is not null as is_deleted
    from {{ source("raw", "hsh_services") }}

),

latest as (

    {{ latest_version("versions", "servicesid") }}

),

renamed as (

    select
        {{ text_value("servicesid") }} as service_id,
        {{ text_value("enrollmentid") }} as enrollment_id,
        {{ text_value("personalid") }} as personal_id,

        {{ id_value("recordtype") }} as record_type,
        {{ id_value("typeprovided") }} as type_provided,
        {{ text_value("othertypeprovided") }} as other_type_provided,
        {{ id_value("referraloutcome") }} as referral_outcome_code,

        {{ date_value("dateprovided") }} as provided_on,
        source_updated_at
    from latest
    where not {{ is_absent_from_full_refresh("latest", "covered_on", "servicesid") }}

)

select * from renamed
