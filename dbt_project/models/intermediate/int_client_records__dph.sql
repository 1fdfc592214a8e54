-- One row per patient of the health department, as a record of a client.
-- The days of visits to a 42 CFR Part 2 programme are not the days it was seen.

with patients as (

    select *
    from {{ ref("stg_dph__patient") }}

),

seen as (

    select
        patient_id,
        min(started_on) as first_seen_on,
        max(started_on) as last_seen_on
    from {{ ref("stg_dph__encounter") }}
    where not is_part2
    group by patient_id

)

select
    'dph:fhir:' || patients.patient_id as client_record_id,
    'dph' as department,
    'fhir' as source_system,
    patients.patient_id as source_record_id,
    patients.is_test_client,

    patients.first_name,
    patients.middle_name,
    patients.last_name,
    patients.suffix,
    patients.aliases,
    {{ date_value("left(patients.birth_date_text || '-01-01', 10)") }} as dob,
    case length(patients.birth_date_text)
        when 4 then 'year'
        when 7 then 'month'
        when 10 then 'day'
    end as dob_precision,
    cast(null as integer) as age,
    patients.gender_code as sex_code,
    patients.gender_code,
    nullif(patients.race_codes, '') as race_codes,
    patients.ssn_digits,
    patients.phone,
    patients.email,
    patients.address,
    patients.city,
    patients.zip,

    seen.first_seen_on,
    seen.last_seen_on,
    patients.updated_at
from patients
left join seen
    on patients.patient_id = seen.patient_id
