-- One row per service, department (all), year (all) and reason for declining.
-- Where no decline has a reason one row without one says so.

{% set scopes = {"department": ["department"], "all": []} %}
{% set periods = ["year", "all"] %}
{% set cell = "scope_kind, department, service_type, period_kind, period_start" %}
{% set grain = [
    "scope_kind",
    "department",
    "service_type",
    "period_kind",
    "period_start",
    "decline_reason",
] %}

with declines as (

    select
        department,
        service_type,
        year_start,
        case when decline_reason <> 'not_given' then decline_reason end
            as decline_reason,
        coalesce(decline_reason = 'not_given', false) as is_not_given,
        is_linked
    from {{ ref("resource_offers") }}
    where offer_status = 'declined'

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

reasons as (

    select
        {{ scope_and_period(scopes, periods) }},
        department,
        service_type,
        decline_reason,
        count(*) as n_declines,
        count(case when is_not_given then 1 end) as n_not_given,
        count(case when is_linked then 1 end) as n_linked
    from declines
    group by {{ grouped_over(["service_type", "decline_reason"], scopes, periods) }}

),

totals as (

    select
        *,
        cast(sum(n_declines) over (partition by {{ cell }}) as bigint) as n,
        cast(
            sum(
                case when decline_reason is not null then n_declines else 0 end
            ) over (partition by {{ cell }}) as bigint
        ) as denominator,
        cast(
            sum(n_not_given) over (partition by {{ cell }}) as bigint
        ) as n_reason_not_given,
        1
        - sum(n_linked) over (partition by {{ cell }})
        / sum(n_declines) over (partition by {{ cell }}) as share_not_linked
    from reasons

),

counted as (

    select
        *,
        'default' as link_threshold,
        case when decline_reason is null then 0 else n_declines end as numerator,
        n - denominator - n_reason_not_given as n_reason_not_recorded,
        1 - denominator / n as share_reason_missing
    from totals
    where decline_reason is not null or denominator = 0

)

{{ rate_by_threshold(
    "counted",
    grain,
    moved_by_links=false,
    also=["n_reason_not_given", "n_reason_not_recorded", "share_reason_missing"]
) }}
