-- One row per service: what became of it when it was offered or wanted.

with counted as (

    select
        service_type,
        count(*) filter (where is_offer) as n_offers,
        count(*) filter (where is_accepted) as n_accepted,
        count(*) filter (where offer_status = 'declined') as n_declined,
        count(*) filter (where offer_status = 'not_fulfilled') as n_not_fulfilled,
        count(*) filter (where offer_status = 'pending') as n_pending,
        count(*) filter (where offer_status = 'unknown') as n_unknown,
        count(*) filter (where offer_status = 'no_capacity') as n_no_capacity
    from marts.offers
    group by service_type

)

select
    service_type,
    n_offers,
    n_accepted,
    n_declined,
    n_not_fulfilled,
    n_pending,
    n_unknown,
    n_no_capacity,
    n_accepted / nullif(n_accepted + n_declined + n_not_fulfilled, 0)
        as acceptance_rate,
    n_no_capacity / nullif(n_offers + n_no_capacity, 0) as unmet_rate
from counted
order by n_offers + n_no_capacity desc, service_type
