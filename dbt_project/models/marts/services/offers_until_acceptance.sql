-- One row per service and number of offers a person had before this one.
-- Of those who had not accepted before, who did now; who never did is censored after
-- the last offer, so the shares are Kaplan and Meier's over offers in place of days.

{% set grain = ["service_type", "n_prior_offers"] %}
{% set group = "link_threshold, service_type" %}

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
        link_threshold,
        person_id
    from {{ ref("links_by_threshold") }}
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

occasions as (

    select
        links.link_threshold,
        links.person_id,
        offers.service_type,
        offers.occasion,
        min(offers.offered_at) as offered_at,
        bool_or(offers.is_resolved) as is_resolved,
        bool_or(offers.is_accepted) as is_accepted
    from offers
    inner join links
        on offers.client_record_id = links.client_record_id
    group by
        links.link_threshold,
        links.person_id,
        offers.service_type,
        offers.occasion

),

numbered as (

    select
        link_threshold,
        service_type,
        is_resolved,
        is_accepted,
        row_number() over (
            partition by link_threshold, person_id, service_type
            order by offered_at, occasion
        ) - 1 as n_prior_offers,
        count(case when is_accepted then 1 end) over (
            partition by link_threshold, person_id, service_type
            order by offered_at, occasion
            rows between unbounded preceding and current row
        ) as n_accepted,
        row_number() over (
            partition by link_threshold, person_id, service_type
            order by offered_at desc, occasion desc
        ) = 1 as is_last
    from occasions

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
    group by {{ group }}, n_prior_offers

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
