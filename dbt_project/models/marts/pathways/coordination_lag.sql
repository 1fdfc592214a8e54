-- One row per pair of departments, or of teams: how long from a contact of the one to
-- the next of the other, within 30 days, by Kaplan and Meier.

{% set z = 1.959963984540054 %}

with waits as (

    select
        link_threshold,
        unit_kind,
        from_unit,
        to_unit,
        lag_days,
        lag_hours,
        is_from_timed and coalesce(is_to_timed, true) as is_timed,
        least(observed_days, coalesce(died_after_days, observed_days)) as watched_days,
        n_contacts
    from {{ ref("contact_lags") }}

),

contacts as (

    select
        department,
        team_code,
        person_id
    from {{ ref("contacts_by_threshold") }}
    where link_threshold = 'default' and is_contact_made

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

not_linked as (

    select
        case when department is null then 'team' else 'department' end as unit_kind,
        coalesce(department, team_code) as unit,
        count(case when person_id is null then 1 end) / count(*) as share_not_linked
    from contacts
    group by grouping sets ((department), (team_code))

),

clocked as (

    select
        *,
        bool_and(is_timed) over (
            partition by link_threshold, unit_kind, from_unit, to_unit
        ) as is_pair_timed
    from waits

),

times as (

    select
        link_threshold,
        unit_kind,
        from_unit,
        to_unit,
        'days' as clock,
        coalesce(lag_days, watched_days) as waited,
        lag_days is not null as is_event,
        n_contacts
    from clocked
    union all
    select
        link_threshold,
        unit_kind,
        from_unit,
        to_unit,
        'hours' as clock,
        least(coalesce(lag_hours, watched_days * 24), 720) as waited,
        coalesce(lag_hours <= 720, false) as is_event,
        n_contacts
    from clocked
    where is_pair_timed

),

steps as (

    select
        link_threshold,
        unit_kind,
        from_unit,
        to_unit,
        clock,
        waited,
        sum(n_contacts) filter (where is_event) as n_events,
        sum(n_contacts) as n_leaving
    from times
    group by link_threshold, unit_kind, from_unit, to_unit, clock, waited

),

at_risk as (

    select
        *,
        cast(coalesce(n_events, 0) as double) as n_met,
        cast(
            sum(n_leaving) over (
                partition by link_threshold, unit_kind, from_unit, to_unit, clock
                order by waited desc
            ) as double
        ) as n_at_risk
    from steps

),

curves as (

    select
        *,
        product(1 - n_met / n_at_risk) over (
            partition by link_threshold, unit_kind, from_unit, to_unit, clock
            order by waited
        ) as still_waiting,
        sum(n_met / nullif(n_at_risk * (n_at_risk - n_met), 0)) over (
            partition by link_threshold, unit_kind, from_unit, to_unit, clock
            order by waited
        ) as greenwood
    from at_risk

),

quantiles as (

    select
        link_threshold,
        unit_kind,
        from_unit,
        to_unit,
        {% for clock in ["days", "hours"] -%}
            {% for name, share in [("p25", 0.75), ("median", 0.5), ("p75", 0.25)] -%}
                min(waited) filter (
                    where clock = '{{ clock }}' and still_waiting <= {{ share }} + 1e-12
                ) as {{ name }}_{{ clock }},
            {% endfor -%}
        {% endfor -%}
        round(1 - min(still_waiting) filter (where clock = 'days'), 12)
            as share_within_30d,
        max(greenwood) filter (where clock = 'days') as greenwood
    from curves
    group by link_threshold, unit_kind, from_unit, to_unit

),

spread as (

    select
        *,
        case
            when share_within_30d > 0 and share_within_30d < 1
                then {{ z }} * sqrt(greenwood) / ln(1 - share_within_30d)
        end as log_log_width
    from quantiles

),

sums as (

    select
        link_threshold,
        unit_kind,
        from_unit,
        to_unit,
        sum(n_contacts) as n_contacts,
        coalesce(sum(n_contacts) filter (where lag_days is not null), 0) as n_pairs,
        coalesce(
            sum(n_contacts) filter (where lag_days is null and watched_days < 30), 0
        ) as n_censored,
        coalesce(sum(n_contacts) filter (where lag_days = 0 and not is_timed), 0)
            as n_same_day_order_unknown
    from waits
    group by link_threshold, unit_kind, from_unit, to_unit

)

select
    sums.unit_kind,
    sums.from_unit,
    sums.to_unit,

    cast(sums.n_contacts as bigint) as n_contacts,
    cast(sums.n_pairs as bigint) as n_pairs,
    cast(sums.n_censored as bigint) as n_censored,
    cast(sums.n_same_day_order_unknown as bigint) as n_same_day_order_unknown,

    quantiles.share_within_30d,
    round(
        1 - pow(1 - quantiles.share_within_30d, exp(quantiles.log_log_width)), 12
    ) as share_within_30d_low,
    round(
        1 - pow(1 - quantiles.share_within_30d, exp(-quantiles.log_log_width)), 12
    ) as share_within_30d_high,
    strict.share_within_30d as share_within_30d_strict,
    loose.share_within_30d as share_within_30d_loose,
    quantiles.p25_days,
    quantiles.median_days,
    quantiles.p75_days,
    quantiles.p25_hours,
    quantiles.median_hours,
    quantiles.p75_hours,

    strict.median_days as median_days_strict,
    loose.median_days as median_days_loose,
    not_linked.share_not_linked,
    today.data_through
from sums
inner join spread as quantiles
    on
        sums.link_threshold = quantiles.link_threshold
        and sums.unit_kind = quantiles.unit_kind
        and sums.from_unit = quantiles.from_unit
        and sums.to_unit = quantiles.to_unit
{% for name in ["strict", "loose"] -%}
    left join quantiles as {{ name }}
        on
            {{ name }}.link_threshold = '{{ name }}'
            and sums.unit_kind = {{ name }}.unit_kind
            and sums.from_unit = {{ name }}.from_unit
            and sums.to_unit = {{ name }}.to_unit
{% endfor -%}
left join not_linked
    on
        sums.unit_kind = not_linked.unit_kind
        and sums.from_unit = not_linked.unit
cross join today
where sums.link_threshold = 'default'
