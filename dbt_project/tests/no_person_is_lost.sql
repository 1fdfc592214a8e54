-- Every contact and offer of the intermediate layer stands in its mart, linked or not.

with counts as (

    select
        (select count(*) from {{ ref("int_contacts") }}) as n_contacts,
        (select count(*) from {{ ref("contacts") }}) as n_contacts_mart,
        (select count(*) from {{ ref("int_offers") }}) as n_offers,
        (select count(*) from {{ ref("offers") }}) as n_offers_mart

)

select *
from counts
where n_contacts <> n_contacts_mart or n_offers <> n_offers_mart
