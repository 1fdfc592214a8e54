-- One row per offer and linkage threshold: to whom it was made, as linked there.

with offers as (

    select
        offer_id,
        contact_id,
        client_record_id,
        department,
        team_code,
        service_type,
        shelter_type,
        offered_at,
        offered_on,
        offer_status,
        fulfilled_on
    from {{ ref("int_offers") }}

),

statuses as (

    select
        offer_status,
        counts_as_offer = 1 as is_offer,
        counts_as_resolved = 1 as is_resolved,
        counts_as_accepted = 1 as is_accepted
    from {{ ref("offer_status") }}

),

thresholds as (

    {{ link_thresholds() }}

),

links as (

    select
        client_record_id,
        link_threshold,
        person_id
    from {{ ref("links_by_threshold") }}

)

select
    offers.offer_id,
    thresholds.link_threshold,
    links.person_id,
    offers.contact_id,

    offers.department,
    offers.team_code,
    offers.service_type,
    offers.shelter_type,

    offers.offered_at,
    offers.offered_on,
    offers.offer_status,
    statuses.is_offer,
    statuses.is_resolved,
    statuses.is_accepted,
    offers.fulfilled_on
from offers
inner join statuses
    on offers.offer_status = statuses.offer_status
cross join thresholds
left join links
    on
        offers.client_record_id = links.client_record_id
        and thresholds.link_threshold = links.link_threshold
