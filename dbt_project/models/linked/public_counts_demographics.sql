-- One row per period, characteristic and category, and one for all: people met.
-- The characteristics stand side by side and are never crossed. Not suppressed.

with met as (

    select distinct
        periods.period_kind,
        periods.period,
        contacts.person_id
    from {{ ref("contacts") }} as contacts
    inner join {{ ref("public_periods") }} as periods
        on contacts.contacted_on between periods.first_on and periods.last_on
    where contacts.is_linked and contacts.is_contact_made

),

people as (

    select
        met.period_kind,
        met.period,
        met.person_id,
        coalesce(people.age_band, 'not_recorded') as age_band,
        case
            when people.gender is null then 'not_recorded'
            when people.gender in ('woman', 'man') then people.gender
            else 'another'
        end as gender,
        case
            when people.ethnicity = 'hispanic' then 'hispanic'
            when people.race is null then 'not_recorded'
            when people.race like '%;%' then 'several'
            else people.race
        end as race_ethnicity
    from met
    inner join {{ ref("people") }} as people
        on met.person_id = people.person_id

)

{% for characteristic in ["age_band", "gender", "race_ethnicity"] %}
    select
        period_kind,
        period,
        '{{ characteristic }}' as characteristic,
        {{ characteristic }} as category,
        count(*) as n_people
    from people
    group by period_kind, period, {{ characteristic }}
    union all
{% endfor %}
select
    period_kind,
    period,
    'all' as characteristic,
    'all' as category,
    count(*) as n_people
from people
group by period_kind, period
