-- One row per service, team (department, all) and month (year, all): offers declined.
-- A provider that turns a client away is in the denominator and is no decline.

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
        is_linked
    from {{ ref("resource_offers") }}
    where is_offer

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

counted as (

    select
        {{ scope_and_period(scopes, periods) }},
        department,
        team_code,
        service_type,
        'default' as link_threshold,
        count(*) as n,
        count(case when is_resolved then 1 end) as denominator,
        count(case when offer_status = 'declined' then 1 end) as numerator,
        count(case when offer_status = 'not_fulfilled' then 1 end) as n_not_fulfilled,
        1 - count(case when is_linked then 1 end) / count(*) as share_not_linked
    from offers
    group by {{ grouped_over(["service_type"], scopes, periods) }}

)

{{ rate_by_threshold(
    "counted", grain, moved_by_links=false, also=["n_not_fulfilled"]
) }}
