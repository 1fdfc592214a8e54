-- One row per patient care report, as a record of a client.
-- The fire department has no person key: every report stands alone until linkage.

with reports as (

    select *
    from {{ ref("stg_fire__epcr") }}
    where coalesce(unit_disposition_code, '4227001') = '4227001'

)

select
    'fire:epcr:' || report_id as client_record_id,
    'fire' as department,
    'epcr' as source_system,
    report_id as source_record_id,
    false as is_test_client,

    first_name,
    middle_name,
    last_name,
    cast(null as varchar) as suffix,
    cast(null as varchar) as aliases,
    dob,
    cast(null as varchar) as dob_precision,
    case when coalesce(age_unit_code, '2516009') = '2516009' then age end as age,
    sex_code,
    sex_code as gender_code,
    race_codes,
    ssn_digits,
    phone,
    cast(null as varchar) as email,
    address,
    city,
    zip,

    contacted_on as first_seen_on,
    contacted_on as last_seen_on,
    contacted_at as updated_at
from reports
