-- One row per client profile in HMIS, under the id it carries now.
-- Gone when deleted at the source, or absent from a full refresh that covers it.
-- FY2026 dropped the gender columns: the last gender ever delivered is kept.

with full_refreshes as (

    {{ full_refreshes("hsh_client") }}

),

versions as (

    select
        *,
        {{ date_value("datecreated") }} as covered_on,
        {{ local_time("dateupdated") }} as source_updated_at,
        {{ text_value("datedeleted") }} is not null as is_deleted,
        {{ text_value(hmis_ticked([
            "woman", "man", "nonbinary", "transgender", "questioning",
            "culturallyspecific", "differentidentity",
        ])) }} as gender_codes
    from {{ source("raw", "hsh_client") }}

),

filled as (

    select
        *,
        first_value(gender_codes ignore nulls) over (
            partition by personalid
            order by
                source_updated_at desc nulls last,
                _delivery_id desc,
                _row_number desc
            rows between unbounded preceding and unbounded following
        ) as last_gender_codes
    from versions

),

latest as (

    {{ latest_version("filled", "personalid") }}

),

renamed as (

    select
        {{ text_value("personalid") }} as personal_id,

        {{ text_value("firstname") }} as first_name,
        {{ text_value("middlename") }} as middle_name,
        {{ text_value("lastname") }} as last_name,
        {{ text_value("namesuffix") }} as suffix,
        {{ id_value("namedataquality") }} as name_quality,
        {{ digits_value("ssn") }} as ssn_digits,
        {{ id_value("ssndataquality") }} as ssn_quality,
        {{ birth_date_value("dob") }} as dob,
        {{ id_value("dobdataquality") }} as dob_quality,
        {{ id_value("sex") }} as sex_code,
        last_gender_codes as gender_codes,
        {{ text_value(hmis_ticked([
            "amindaknative", "asian", "blackafamerican", "mideastnafrican",
            "nativehipacific", "white", "hispaniclatinaeo", "hispaniclatinao",
        ])) }} as race_codes,
        {{ id_value("veteranstatus") }} as veteran_status_code,

        {{ date_value("datecreated") }} as created_on,
        source_updated_at,
        {{ utc_from_local("source_updated_at") }} as updated_at
    from latest
    where not {{ is_absent_from_full_refresh("latest", "covered_on", "personalid") }}

)

select * from renamed
