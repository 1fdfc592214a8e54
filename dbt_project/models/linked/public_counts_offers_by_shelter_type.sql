-- One row per period and type of shelter, and one for all: offers and what became of
-- them, each with the people known to be among them. Not suppressed.

with offers as (

    select
        periods.period_kind,
        periods.period,
        coalesce(offers.shelter_type, 'not_recorded') as shelter_type,
        offers.person_id,
        offers.is_accepted,
        offers.offer_status = 'declined' as is_declined
    from {{ ref("resource_offers") }} as offers
    inner join {{ ref("public_periods") }} as periods
        on offers.offered_on between periods.first_on and periods.last_on
    where offers.service_type = 'shelter' and offers.is_offer

)

select
    period_kind,
    period,
    coalesce(shelter_type, 'all') as shelter_type,

    count(*) as n_offered,
    count(case when is_accepted then 1 end) as n_accepted,
    count(case when is_declined then 1 end) as n_declined,
    count(case when not is_accepted and not is_declined then 1 end) as n_other,

    count(distinct person_id) as n_people_offered,
    count(distinct case when is_accepted then person_id end) as n_people_accepted,
    count(distinct case when is_declined then person_id end) as n_people_declined,
    count(distinct case when not is_accepted and not is_declined then person_id end)
        as n_people_other,

    count(case when not is_accepted then 1 end) as n_not_accepted,
    count(distinct case when not is_accepted then person_id end)
        as n_people_not_accepted,
    count(case when not is_declined then 1 end) as n_not_declined,
    count(distinct case when not is_declined then person_id end)
        as n_people_not_declined
from offers
group by grouping sets (
    (period_kind, period, shelter_type),
    (period_kind, period)
)
