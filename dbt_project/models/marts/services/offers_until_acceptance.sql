-- One row per service and number of offers a person had before this one.
-- Of those who had not accepted before, who did now; who never did is censored after
-- the last offer, so the shares are Kaplan and Meier's over offers in place of days.

{% set grain = ["service_type", "n_prior_offers"] %}
{% set thresholds = {"default": "", "strict": "_strict", "loose": "_loose"} %}

with offers as (

    select
        occasion,
        client_record_id,
        service_type,
        offered_at,
        is_resolved,
        is_accepted,
        is_linked
    from {{ ref("resource_offers") }}
    where is_offer

),

links as (

    select
        client_record_id,
        person_id,
        person_id_strict,
        person_id_loose
    from {{ source("linkage", "client_links") }}
    where person_id is not null

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

not_linked as (

    select
        service_type,
        1 - count(case when is_linked then 1 end) / count(*) as share_not_linked
    from offers
    group by service_type

),

-- A contact is a meeting with one person: any of its linked records tells who.
occasions as (

    select
        service_type,
        occasion,
        min(client_record_id) as client_record_id,
        min(offered_at) as offered_at,
        bool_or(is_resolved) as is_resolved,
        bool_or(is_accepted) as is_accepted
    from offers
    where is_linked
    group by service_type, occasion

),

people as (

    {% for name, end in thresholds.items() -%}
        select
            '{{ name }}' as link_threshold,
            links.person_id{{ end }} as whose,
            occasions.service_type,
            occasions.occasion,
            occasions.offered_at,
            occasions.is_resolved,
            occasions.is_accepted
        from occasions
        inner join links
            on occasions.client_record_id = links.client_record_id
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}

),

numbered as (

    select
        link_threshold,
        service_type,
        is_resolved,
        is_accepted,
        row_number() over in_order - 1 as n_prior_offers,
        count(case when is_accepted then 1 end) over in_order as n_accepted,
        lead(occasion) over in_order is null as is_last
    from people
    window in_order as (
        partition by link_threshold, whose, service_type
        order by offered_at, occasion
        rows between unbounded preceding and current row
    )

),

summed as (

    select
        link_threshold,
        service_type,
        n_prior_offers,
        count(*) as n,
        count(case when is_resolved then 1 end) as denominator,
        count(case when is_accepted then 1 end) as numerator,
        count(case when is_last and not is_accepted then 1 end) as n_censored
    from numbered
    where n_accepted = 0 or (n_accepted = 1 and is_accepted)
    group by link_threshold, service_type, n_prior_offers

),

counted as (

    select
        summed.*,
        not_linked.share_not_linked,
        round(
            1 - product(
                1 - coalesce(summed.numerator / nullif(summed.denominator, 0), 0)
            ) over (
                partition by summed.link_threshold, summed.service_type
                order by summed.n_prior_offers
            ), 12
        ) as share_accepted_by_now
    from summed
    inner join not_linked
        on summed.service_type = not_linked.service_type

)

{{ rate_by_threshold(
    "counted", grain, also=["n_censored", "share_accepted_by_now"]
) }}
