-- One row per service, department (all), year of the offer (all) and day after it.
-- Kaplan and Meier's share still waiting, with its log-log Greenwood interval. An offer
-- not fulfilled by data_through is censored there.

{% set scopes = {"department": ["department"], "all": []} %}
{% set periods = ["year", "all"] %}
{% set curve = "scope_kind, department, service_type, period_kind, period_start" %}
{% set z = 1.959963984540054 %}

with offers as (

    select
        department,
        service_type,
        year_start,
        data_through,
        coalesce(fulfilled_on <= data_through, false) as is_fulfilled,
        case
            when fulfilled_on <= data_through
                then greatest(0, date_diff('day', offered_on, fulfilled_on))
            else date_diff('day', offered_on, data_through)
        end as days_after_offer
    from {{ ref("resource_offers") }}
    where
        offer_status = 'accepted'
        or (offer_status = 'fulfilled' and fulfilled_on is not null)

),

by_day as (

    select
        {{ scope_and_period(scopes, periods) }},
        department,
        service_type,
        days_after_offer,
        count(case when is_fulfilled then 1 end) as n_fulfilled,
        count(case when not is_fulfilled then 1 end) as n_censored,
        max(data_through) as data_through
    from offers
    group by {{ grouped_over(["service_type", "days_after_offer"], scopes, periods) }}

),

at_risk as (

    select
        *,
        cast(
            sum(n_fulfilled + n_censored) over (
                partition by {{ curve }}
                order by days_after_offer desc
            ) as bigint
        ) as n_at_risk
    from by_day

),

watched as (

    select
        *,
        round(
            product(1 - n_fulfilled / n_at_risk) over (
                partition by {{ curve }}
                order by days_after_offer
            ), 12
        ) as share_waiting,
        sum(
            n_fulfilled
            / nullif(cast(n_at_risk as double) * (n_at_risk - n_fulfilled), 0)
        ) over (
            partition by {{ curve }}
            order by days_after_offer
        ) as greenwood
    from at_risk

),

spread as (

    select
        *,
        case
            when share_waiting > 0 and share_waiting < 1
                then {{ z }} * sqrt(greenwood) / ln(share_waiting)
        end as log_log_width
    from watched

)

select
    scope_kind,
    department,
    service_type,
    period_kind,
    period_start,
    days_after_offer,

    n_at_risk,
    n_fulfilled,
    n_censored,
    share_waiting,
    case
        when share_waiting = 0 then 0
        else round(pow(share_waiting, exp(-log_log_width)), 12)
    end as share_waiting_low,
    case
        when share_waiting = 0 then 0
        else round(pow(share_waiting, exp(log_log_width)), 12)
    end as share_waiting_high,
    data_through
from spread
