-- One row per type of shelter (all types), department (all) and month (year, all).
-- Rejected offers in the words of San Francisco Administrative Code §20.11-2.

{% set scopes = {"department": ["department"], "all": []} %}
{% set periods = ["month", "year", "all"] %}
{% set grain = [
    "scope_kind",
    "department",
    "type_kind",
    "shelter_type",
    "period_kind",
    "period_start",
] %}

with offers as (

    select
        department,
        coalesce(shelter_type, 'not_recorded') as shelter_type,
        month_start,
        year_start,
        offer_status,
        is_resolved,
        is_linked
    from {{ ref("resource_offers") }}
    where is_offer and service_type = 'shelter'

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

summed as (

    {% for fixed in [["shelter_type"], []] -%}
        select
            {{ scope_and_period(scopes, periods) }},
            department,
            {{ "'type'" if fixed else "'all'" }} as type_kind,
            {{ "shelter_type" if fixed else "cast(null as varchar) as shelter_type" }},
            count(*) as n,
            count(case when offer_status = 'declined' then 1 end) as numerator,
            count(case when is_resolved then 1 end) as n_resolved,
            1 - count(case when is_linked then 1 end) / count(*) as share_not_linked
        from offers
        group by {{ grouped_over(fixed, scopes, periods) }}
        having count(*) > 0
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}

),

counted as (

    select
        *,
        'default' as link_threshold,
        n as denominator,
        numerator / nullif(n_resolved, 0) as rate_of_resolved,
        numerator / nullif(
            sum(numerator) over (
                partition by
                    scope_kind, department, type_kind, period_kind, period_start
            ), 0
        ) as share_of_declined
    from summed

)

{{ rate_by_threshold(
    "counted",
    grain,
    moved_by_links=false,
    also=["n_resolved", "rate_of_resolved", "share_of_declined"]
) }}
