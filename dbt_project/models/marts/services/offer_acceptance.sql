-- One row per service, team (department, all) and month (year, all): offers accepted.
-- What is still open is counted each way beside the rate, which leaves it out.

{% set scopes = {
    "team": ["department", "team_code"],
    "department": ["department"],
    "all": [],
} %}
{% set periods = ["month", "year", "all"] %}
{% set grain = [
    "scope_kind",
    "department",
    "team_code",
    "service_type",
    "period_kind",
    "period_start",
] %}

with offers as (

    select
        department,
        team_code,
        service_type,
        month_start,
        year_start,
        offer_status,
        is_resolved,
        is_accepted,
        is_linked
    from {{ ref("resource_offers") }}
    where is_offer

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

summed as (

    select
        {{ scope_and_period(scopes, periods) }},
        department,
        team_code,
        service_type,
        count(*) as n,
        count(case when is_resolved then 1 end) as denominator,
        count(case when is_accepted then 1 end) as numerator,
        count(case when offer_status = 'pending' then 1 end) as n_pending,
        count(case when offer_status = 'unknown' then 1 end) as n_unknown,
        1 - count(case when is_linked then 1 end) / count(*) as share_not_linked
    from offers
    group by {{ grouped_over(["service_type"], scopes, periods) }}

),

counted as (

    select
        *,
        'default' as link_threshold,
        numerator / nullif(denominator + n_pending, 0) as rate_if_pending_refused,
        (numerator + n_pending) / nullif(denominator + n_pending, 0)
            as rate_if_pending_accepted,
        numerator / n as rate_if_open_refused,
        (numerator + n - denominator) / n as rate_if_open_accepted
    from summed

)

{{ rate_by_threshold(
    "counted",
    grain,
    moved_by_links=false,
    also=[
        "n_pending",
        "n_unknown",
        "rate_if_pending_refused",
        "rate_if_pending_accepted",
        "rate_if_open_refused",
        "rate_if_open_accepted",
    ]
) }}
