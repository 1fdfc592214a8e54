-- One row per department and service (all): offers others had been refused days before.
-- Refused by the client, another department's offer of the same service, 1 to 30 days
-- before this one.

{% set window_days = 365 %}
{% set repeat_days = 30 %}

with today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

offers as (

    select
        offers.link_threshold,
        offers.offer_id,
        offers.person_id,
        offers.department,
        offers.service_type,
        offers.offered_on,
        offers.offer_status,
        offers.offered_on
        > today.data_through - interval '{{ window_days }}' day as is_in_window
    from {{ ref("offers_by_threshold") }} as offers
    inner join today
        on
            offers.offered_on <= today.data_through
            and offers.offered_on
            > today.data_through - interval '{{ window_days + repeat_days }}' day
    where offers.is_offer

),

refusals as (

    select distinct
        link_threshold,
        person_id,
        department,
        service_type,
        offered_on
    from offers
    where offer_status = 'declined' and person_id is not null

),

repeated as (

    select
        offers.link_threshold,
        offers.offer_id,
        bool_or(offers.department <> refusals.department) as is_after_others,
        bool_or(offers.department = refusals.department) as is_after_own
    from offers
    inner join refusals
        on
            offers.link_threshold = refusals.link_threshold
            and offers.person_id = refusals.person_id
            and offers.service_type = refusals.service_type
            and offers.offered_on > refusals.offered_on
            and offers.offered_on
            <= refusals.offered_on + interval '{{ repeat_days }}' day
    where offers.is_in_window
    group by offers.link_threshold, offers.offer_id

),

counted as (

    select
        offers.link_threshold,
        offers.department,
        coalesce(offers.service_type, 'all') as service_type,
        count(*) as n,
        count(offers.person_id) as denominator,
        count(case when repeated.is_after_others then 1 end) as numerator,
        1 - count(offers.person_id) / count(*) as share_not_linked,
        count(case when repeated.is_after_own then 1 end) as n_seen_alone,
        count(repeated.offer_id) as n_seen_linked,
        count(
            distinct case
                when repeated.is_after_others then (offers.person_id, offers.offered_on)
            end
        ) as person_days
    from offers
    left join repeated
        on
            offers.link_threshold = repeated.link_threshold
            and offers.offer_id = repeated.offer_id
    where offers.is_in_window
    group by
        grouping sets (
            (offers.link_threshold, offers.department, offers.service_type),
            (offers.link_threshold, offers.department)
        )

)

{{ rate_by_threshold(
    "counted",
    ["department", "service_type"],
    also=["n_seen_alone", "n_seen_linked", "person_days"]
) }}
