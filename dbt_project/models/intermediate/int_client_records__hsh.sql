-- One row per HMIS client profile, as a record of a client.
-- A value whose data quality says "refused" or "not collected" is no evidence.

with clients as (

    select *
    from {{ ref("stg_hsh__client") }}

),

evidence as (

    select code
    from {{ ref("hmis_data_quality") }}
    where is_evidence

),

activity as (

    select
        personal_id,
        entry_date as seen_on
    from {{ ref("stg_hsh__enrollment") }}
    union all
    select
        personal_id,
        information_date as seen_on
    from {{ ref("stg_hsh__current_living_situation") }}

),

seen as (

    select
        personal_id,
        min(seen_on) as first_seen_on,
        max(seen_on) as last_seen_on
    from activity
    group by personal_id

)

select
    'hsh:hmis:' || clients.personal_id as client_record_id,
    'hsh' as department,
    'hmis' as source_system,
    clients.personal_id as source_record_id,
    false as is_test_client,

    case when name_evidence.code is not null then clients.first_name end as first_name,
    case when name_evidence.code is not null then clients.middle_name end
        as middle_name,
    case when name_evidence.code is not null then clients.last_name end as last_name,
    case when name_evidence.code is not null then clients.suffix end as suffix,
    cast(null as varchar) as aliases,
    case when birth_evidence.code is not null then clients.dob end as dob,
    case
        when clients.dob_quality = '2' and extract(day from clients.dob) = 1
            then 'month'
        when clients.dob_quality = '2' then 'year'
    end as dob_precision,
    cast(null as integer) as age,
    clients.sex_code,
    clients.gender_codes as gender_code,
    clients.race_codes,
    case when ssn_evidence.code is not null then clients.ssn_digits end as ssn_digits,
    cast(null as varchar) as phone,
    cast(null as varchar) as email,
    cast(null as varchar) as address,
    cast(null as varchar) as city,
    cast(null as varchar) as zip,

    coalesce(seen.first_seen_on, clients.created_on) as first_seen_on,
    coalesce(seen.last_seen_on, clients.created_on) as last_seen_on,
    clients.updated_at
from clients
left join seen
    on clients.personal_id = seen.personal_id
left join evidence as name_evidence
    on clients.name_quality = name_evidence.code
left join evidence as birth_evidence
    on clients.dob_quality = birth_evidence.code
left join evidence as ssn_evidence
    on clients.ssn_quality = ssn_evidence.code
