-- One row per entry of the contact log, as a record of a client.
-- The log has no person key and often a guessed age instead of a birth date.

select
    'dem:team_log:' || contact_id as client_record_id,
    'dem' as department,
    'team_log' as source_system,
    contact_id as source_record_id,
    false as is_test_client,

    first_name,
    cast(null as varchar) as middle_name,
    last_name,
    cast(null as varchar) as suffix,
    aliases,
    dob,
    cast(null as varchar) as dob_precision,
    age,
    gender_code as sex_code,
    gender_code,
    cast(null as varchar) as race_codes,
    cast(null as varchar) as ssn_digits,
    phone,
    cast(null as varchar) as email,
    cast(null as varchar) as address,
    cast(null as varchar) as city,
    cast(null as varchar) as zip,

    contacted_on as first_seen_on,
    contacted_on as last_seen_on,
    updated_at
from {{ ref("stg_dem__team_log") }}
where is_contact_made
