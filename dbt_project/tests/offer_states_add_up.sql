-- Nine states, each counted once: nothing collapses and nothing is lost.

with by_type as (

    select
        sum(
            n_accepted + n_declined + n_not_fulfilled + n_pending + n_unknown
        ) as n_results,
        sum(n_offered) as n_offered,
        sum(n_offered + n_no_capacity + n_ineligible + n_not_offered) as n_all
    from {{ ref("shelter_offers_by_type") }}

),

offers as (

    select count(*) as n_all
    from {{ ref("resource_offers") }}
    where service_type = 'shelter'

)

select
    by_type.n_results,
    by_type.n_offered,
    by_type.n_all,
    offers.n_all as n_rows
from by_type
cross join offers
where
    by_type.n_results <> by_type.n_offered
    or by_type.n_all <> offers.n_all
