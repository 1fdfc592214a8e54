-- One row per year and type of shelter: what was offered, rejected and lacking.
-- Worded as San Francisco Administrative Code §20.11-2 asks for it. One resource at one
-- contact counts once, as in shelter_offers_declined: the two tables agree.

with offers as (

    select
        cast(extract(year from offered_on) as integer) as offer_year,
        coalesce(shelter_type, 'not_recorded') as shelter_type,
        offer_status,
        is_offer,
        is_accepted,
        is_linked,
        data_through
    from {{ ref("resource_offers") }}
    where service_type = 'shelter'

),

counted as (

    select
        offer_year,
        shelter_type,
        count(case when is_offer then 1 end) as n_offered,
        count(case when is_accepted then 1 end) as n_accepted,
        count(case when offer_status = 'fulfilled' then 1 end) as n_fulfilled,
        count(case when offer_status = 'declined' then 1 end) as n_declined,
        count(case when offer_status = 'not_fulfilled' then 1 end)
            as n_not_fulfilled,
        count(case when offer_status = 'pending' then 1 end) as n_pending,
        count(case when offer_status = 'unknown' then 1 end) as n_unknown,
        count(case when offer_status = 'no_capacity' then 1 end) as n_no_capacity,
        count(case when offer_status = 'ineligible' then 1 end) as n_ineligible,
        count(case when offer_status = 'not_offered' then 1 end) as n_not_offered,
        count(case when is_offer and not is_linked then 1 end) as n_not_linked,
        max(data_through) as data_through
    from offers
    group by offer_year, shelter_type

)

select
    offer_year,
    shelter_type,

    n_offered,
    n_accepted,
    n_fulfilled,
    n_declined,
    n_not_fulfilled,
    n_pending,
    n_unknown,
    n_no_capacity,
    n_ineligible,
    n_not_offered,

    n_offered / nullif(sum(n_offered) over (partition by offer_year), 0)
        as share_of_offers,
    n_declined / nullif(n_offered, 0) as share_declined,
    {{ wilson_low("n_declined", "n_offered") }} as share_declined_low,
    {{ wilson_high("n_declined", "n_offered") }} as share_declined_high,
    n_declined / nullif(sum(n_declined) over (partition by offer_year), 0)
        as share_of_declined,
    n_declined / nullif(n_accepted + n_declined + n_not_fulfilled, 0)
        as share_declined_of_resolved,
    n_accepted / nullif(n_accepted + n_declined + n_not_fulfilled, 0)
        as share_accepted_of_resolved,
    n_no_capacity / nullif(n_offered + n_no_capacity, 0) as share_no_capacity,
    n_not_linked / nullif(n_offered, 0) as share_not_linked,
    data_through
from counted
