-- One row per service, team (department, all) and year (all): a yes that was fulfilled.
-- Offers younger than fulfilment_maturity_days are immature: counted and not judged.

{% set scopes = {
    "team": ["department", "team_code"],
    "department": ["department"],
    "all": [],
} %}
{% set periods = ["year", "all"] %}
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
        year_start,
        is_linked,
        offer_status = 'not_fulfilled' as is_failed,
        offer_status = 'fulfilled'
        and coalesce(fulfilled_on <= data_through, true) as is_fulfilled,
        offered_on + {{ var("fulfilment_maturity_days") }} <= data_through as is_mature
    from {{ ref("resource_offers") }}
    where is_accepted or offer_status = 'not_fulfilled'

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
        count(case when not is_failed then 1 end) as n,
        count(case when not is_failed and is_mature then 1 end) as denominator,
        count(case when is_fulfilled and is_mature then 1 end) as numerator,
        count(case when is_failed and is_mature then 1 end) as n_not_fulfilled,
        count(case when not is_failed and is_linked then 1 end) as n_linked
    from offers
    group by {{ grouped_over(["service_type"], scopes, periods) }}

),

counted as (

    select
        *,
        'default' as link_threshold,
        n - denominator as n_immature,
        numerator / nullif(denominator + n_not_fulfilled, 0) as rate_with_not_fulfilled,
        1 - n_linked / nullif(n, 0) as share_not_linked
    from summed

)

{{ rate_by_threshold(
    "counted",
    grain,
    moved_by_links=false,
    also=["n_immature", "n_not_fulfilled", "rate_with_not_fulfilled"]
) }}
