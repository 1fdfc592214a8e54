-- One row per service, department (all) and year of the offer (all): the median wait.
-- From the Kaplan-Meier curve; its interval is Brookmeyer and Crowley's, the days on
-- which the curve's own interval holds one half.

{% set scopes = {"department": ["department"], "all": []} %}
{% set periods = ["year", "all"] %}
{% set grain = [
    "scope_kind",
    "department",
    "service_type",
    "period_kind",
    "period_start",
] %}

with offers as (

    select
        department,
        service_type,
        year_start,
        offer_status,
        is_linked,
        fulfilled_on
    from {{ ref("resource_offers") }}
    where is_accepted or offer_status = 'not_fulfilled'

),

curve as (

    select
        scope_kind,
        department,
        service_type,
        period_kind,
        period_start,
        days_after_offer,
        n_fulfilled,
        n_censored,
        share_waiting,
        share_waiting_low,
        share_waiting_high,
        data_through
    from {{ ref("days_to_fulfilment_curve") }}

),

offers_counted as (

    select
        {{ scope_and_period(scopes, periods) }},
        department,
        service_type,
        count(case when offer_status = 'not_fulfilled' then 1 end) as n_not_fulfilled,
        count(case when offer_status = 'fulfilled' and fulfilled_on is null then 1 end)
            as n_without_day,
        1 - count(case when is_linked then 1 end) / count(*) as share_not_linked
    from offers
    group by {{ grouped_over(["service_type"], scopes, periods) }}

),

medians as (

    select
        {{ grain | join(", ") }},
        cast(sum(n_fulfilled + n_censored) as bigint) as n,
        cast(sum(n_fulfilled) as bigint) as n_fulfilled,
        cast(sum(n_censored) as bigint) as n_censored,
        {% for end in ["", "_low", "_high"] -%}
            min(case when share_waiting{{ end }} <= 0.5 then days_after_offer end)
                as median_days{{ end }},
        {% endfor -%}
        max(data_through) as data_through
    from curve
    group by {{ grain | join(", ") }}

)

select
    medians.scope_kind,
    medians.department,
    medians.service_type,
    medians.period_kind,
    medians.period_start,

    medians.n,
    medians.n_fulfilled,
    medians.n_censored,
    medians.median_days,
    medians.median_days_low,
    medians.median_days_high,
    offers_counted.n_not_fulfilled,
    offers_counted.n_without_day,
    offers_counted.share_not_linked,
    medians.data_through
from medians
inner join offers_counted
    on
        {% for column in grain -%}
            medians.{{ column }} is not distinct from offers_counted.{{ column }}
            {% if not loop.last -%}
                and
            {% endif -%}
        {% endfor %}
