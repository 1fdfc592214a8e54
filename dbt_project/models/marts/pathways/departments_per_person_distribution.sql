-- One row per 12 months, watch and number of departments: the share of the people met
-- whom exactly so many departments met.

with met as (

    select
        link_threshold,
        period_ends_on,
        n_departments,
        person_days
    from {{ ref("departments_by_person_period") }}

),

contacts as (

    select
        contacted_on,
        person_id
    from {{ ref("contacts_by_threshold") }}
    where is_contact_made and link_threshold = 'default'

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

periods as (

    {{ periods_of_12_months() }}

),

people as (

    select
        met.link_threshold,
        met.period_ends_on,
        met.n_departments,
        met.person_days
        = date_diff('day', periods.period_starts_on, periods.period_ends_on) + 1
            as is_watched_throughout
    from met
    inner join periods
        on met.period_ends_on = periods.period_ends_on

),

not_linked as (

    select
        periods.period_ends_on,
        count(*) - count(contacts.person_id) as n_not_linked,
        count(*) as n_contacts
    from contacts
    asof inner join periods
        on contacts.contacted_on <= periods.period_ends_on
    where contacts.contacted_on >= periods.period_starts_on
    group by periods.period_ends_on

),

watched as (

    select
        *,
        'any_time' as watched
    from people
    union all
    select
        *,
        'all_12_months' as watched
    from people
    where is_watched_throughout

),

summed as (

    select
        link_threshold,
        period_ends_on,
        watched,
        {% for number in [1, 2, 3, 4] %}
            count(case when n_departments = {{ number }} then 1 end)
                as met_by_{{ number }},
        {% endfor %}
        count(*) as n,
        count(case when n_departments > 0 then 1 end) as denominator
    from watched
    group by link_threshold, period_ends_on, watched

),

counted as (

    {% for number in [1, 2, 3, 4] -%}
        select
            summed.link_threshold,
            summed.period_ends_on,
            summed.watched,
            cast({{ number }} as bigint) as n_departments,
            summed.n,
            summed.denominator,
            summed.met_by_{{ number }} as numerator,
            not_linked.n_not_linked / not_linked.n_contacts as share_not_linked
        from summed
        left join not_linked
            on summed.period_ends_on = not_linked.period_ends_on
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

{{ rate_by_threshold("counted", ["period_ends_on", "watched", "n_departments"]) }}
