-- One row per department, resource and window: how many of its offers to a person came
-- within so many days after another department's offer of the same.
-- Of two offers on one day the later in the clock's order is the repeat.

{% set departments = ["hsh", "fire", "dph", "dem"] %}

with offers as (

    select
        offer_id,
        link_threshold,
        person_id,
        department,
        service_type,
        offered_on,
        offered_at
    from {{ ref("offers_by_threshold") }}
    where is_offer and offered_on is not null

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

not_linked as (

    select
        department,
        service_type,
        count(case when person_id is null then 1 end) / count(*) as share_not_linked
    from offers
    where link_threshold = 'default'
    group by department, service_type

),

began as (

    select min(offered_on) as first_offered_on
    from offers

),

earlier as (

    select
        link_threshold,
        department,
        service_type,
        {% for other in departments %}
            case
                when department <> '{{ other }}'
                    then
                        max(
                            case when department = '{{ other }}' then offered_on end
                        ) over (
                            partition by link_threshold, person_id, service_type
                            order by offered_on, offered_at, offer_id
                            rows between unbounded preceding and 1 preceding
                        )
            end as last_by_{{ other }},
        {% endfor %}
        offered_on
    from offers
    where person_id is not null

),

repeated as (

    select
        earlier.link_threshold,
        earlier.department,
        earlier.service_type,
        earlier.offered_on,
        date_diff(
            'day',
            greatest(
                {% for other in departments -%}
                    earlier.last_by_{{ other }}{{ "," if not loop.last }}
                {% endfor %}
            ),
            earlier.offered_on
        ) as days_since_other,
        date_diff('day', began.first_offered_on, earlier.offered_on) as days_looked_back
    from earlier
    cross join began

),

judged as (

    {% for days in [7, 14] -%}
        select
            *,
            cast({{ days }} as bigint) as within_days,
            days_looked_back >= {{ days }} as is_judged,
            coalesce(days_since_other <= {{ days }}, false) as is_repeated
        from repeated
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

counted as (

    select
        judged.link_threshold,
        judged.department,
        judged.service_type,
        judged.within_days,
        count(*) as n,
        count(case when judged.is_judged then 1 end) as denominator,
        count(case when judged.is_judged and judged.is_repeated then 1 end)
            as numerator,
        any_value(not_linked.share_not_linked) as share_not_linked
    from judged
    left join not_linked
        on
            judged.department = not_linked.department
            and judged.service_type = not_linked.service_type
    group by
        judged.link_threshold,
        judged.department,
        judged.service_type,
        judged.within_days

)

{{ rate_by_threshold("counted", ["department", "service_type", "within_days"]) }}
