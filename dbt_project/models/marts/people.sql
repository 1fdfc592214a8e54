-- One row per person the warehouse knows, as linked today.

with links as (

    select
        client_record_id,
        person_id
    from {{ source("linkage", "client_links") }}
    where person_id is not null

),

persons as (

    select
        person_id,
        min_link_confidence,
        needs_review
    from {{ source("linkage", "persons") }}

),

records as (

    select
        links.person_id,
        records.client_record_id,
        records.department,
        records.birth_year_low,
        records.birth_year_high,
        records.gender,
        records.race,
        records.ethnicity,
        records.first_seen_on,
        records.last_seen_on,
        records.updated_at
    from {{ ref("int_client_records") }} as records
    inner join links
        on records.client_record_id = links.client_record_id

),

said as (

    {% for field in ["gender", "race", "ethnicity"] %}
        select
            person_id,
            '{{ field }}' as field,
            {{ field }} as answer,
            count(*) as times,
            max(updated_at) as last_said_at
        from records
        where {{ field }} is not null
        group by person_id, {{ field }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

ranked as (

    select
        person_id,
        field,
        answer,
        row_number() over (
            partition by person_id, field
            order by times desc, last_said_at desc nulls last, answer asc
        ) as preference
    from said

),

answers as (

    select
        person_id,
        max(case when field = 'gender' then answer end) as gender,
        max(case when field = 'race' then answer end) as race,
        max(case when field = 'ethnicity' then answer end) as ethnicity
    from ranked
    where preference = 1
    group by person_id

),

summed as (

    select
        person_id,
        count(*) as n_client_records,
        count(distinct department) as n_departments,
        {{ joined_values("department") }} as departments,
        median((birth_year_low + birth_year_high) / 2) as birth_year,
        min(first_seen_on) as first_seen_on,
        max(last_seen_on) as last_seen_on
    from records
    group by person_id

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

)

select
    summed.person_id,

    age_bands.age_band,
    answers.gender,
    answers.race,
    answers.ethnicity,

    summed.n_client_records,
    summed.n_departments,
    summed.departments,
    persons.min_link_confidence as link_confidence,
    persons.needs_review,

    summed.first_seen_on,
    summed.last_seen_on,
    today.data_through
from summed
inner join persons
    on summed.person_id = persons.person_id
left join answers
    on summed.person_id = answers.person_id
left join today
    on true
left join {{ ref("age_band") }} as age_bands
    on
        extract(year from today.data_through) - summed.birth_year
        between age_bands.age_from and age_bands.age_to
