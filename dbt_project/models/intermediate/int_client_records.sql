-- One row per department's record of a client: the waist of the warehouse.
-- Current, not deleted, not merged away, not a test client. Values a department marks
-- as refused or unknown are no evidence and are null; placeholders ("Doe") stay, the
-- linkage engine knows them.

{% set branches = ["hsh", "fire", "dph", "dem"] %}

with records as (

    {% for department in branches %}
        select
            client_record_id,
            department,
            source_system,
            source_record_id,
            first_name,
            middle_name,
            last_name,
            suffix,
            aliases,
            dob,
            dob_precision,
            age,
            sex_code,
            gender_code,
            race_codes,
            ssn_digits,
            phone,
            email,
            address,
            city,
            zip,
            first_seen_on,
            last_seen_on,
            updated_at
        from {{ ref("int_client_records__" ~ department) }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

births as (

    select
        client_record_id,
        dob as birth_date,
        case
            when extract(month from dob) = 1 and extract(day from dob) = 1 then 'year'
            else coalesce(dob_precision, 'day')
        end as birth_precision
    from records
    where
        dob not in (date '1753-01-01', date '1900-01-01', date '1901-01-01')
        and dob <= coalesce(first_seen_on, dob)
        and extract(year from coalesce(first_seen_on, dob)) - extract(year from dob)
        <= 105

),

races as (

    select
        source_system,
        race_codes,
        race,
        ethnicity
    from {{ ref("int_race_sets") }}

),

sexes as (

    select
        source_system,
        code,
        sex,
        gender
    from {{ ref("sex_gender_codes") }}

),

left_out as (

    select client_record_id
    from {{ ref("int_client_records_left_out") }}

)

select
    records.client_record_id,
    records.department,
    records.source_system,
    records.source_record_id,

    records.first_name,
    records.middle_name,
    records.last_name,
    records.suffix,
    records.aliases,
    cast(births.birth_date as varchar) as dob,
    births.birth_precision as dob_precision,
    case
        when
            births.birth_date is not null
            then cast(extract(year from births.birth_date) as integer)
        else cast(extract(year from records.first_seen_on) as integer) - records.age - 1
    end as birth_year_low,
    case
        when
            births.birth_date is not null
            then cast(extract(year from births.birth_date) as integer)
        else cast(extract(year from records.first_seen_on) as integer) - records.age
    end as birth_year_high,
    coalesce(sexes.sex, genders.sex) as sex,
    coalesce(genders.gender, sexes.gender) as gender,
    races.race,
    races.ethnicity,
    case length(records.ssn_digits)
        when 9 then records.ssn_digits
        when 8 then '0' || records.ssn_digits
        when 4 then records.ssn_digits
    end as ssn,
    records.phone,
    records.email,
    records.address,
    records.city,
    records.zip,

    records.first_seen_on,
    records.last_seen_on,
    records.updated_at
from records
left join births
    on records.client_record_id = births.client_record_id
left join races
    on
        records.source_system = races.source_system
        and records.race_codes = races.race_codes
left join sexes
    on
        records.source_system = sexes.source_system
        and records.sex_code = sexes.code
left join sexes as genders
    on
        records.source_system = genders.source_system
        and records.gender_code = genders.code
left join left_out
    on records.client_record_id = left_out.client_record_id
where left_out.client_record_id is null
