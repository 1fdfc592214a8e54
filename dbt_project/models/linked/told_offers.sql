-- One row per offer as one system tells of it: how its status counts, whose it is.
-- What marts.offers shows, and resource_offers counts once each.

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
        declined_by,
        decline_reason,
        fulfilled_on
    from {{ ref("int_offers") }}

),

links as (

    select
        client_record_id,
        person_id
    from {{ source("linkage", "client_links") }}

),

statuses as (

    select
        offer_status,
        rank,
        counts_as_offer = 1 as is_offer,
        counts_as_resolved = 1 as is_resolved,
        counts_as_accepted = 1 as is_accepted
    from {{ ref("offer_status") }}

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

)

select
    offers.offer_id,
    offers.contact_id,
    offers.client_record_id,
    links.person_id,
    links.person_id is not null as is_linked,

    offers.department,
    offers.team_code,
    offers.service_type,
    offers.shelter_type,

    offers.offered_at,
    offers.offered_on,
    offers.offer_status,
    statuses.rank as status_rank,
    statuses.is_offer,
    statuses.is_resolved,
    statuses.is_accepted,
    offers.declined_by,
    offers.decline_reason,
    offers.fulfilled_on,
    today.data_through
from offers
inner join statuses
    on offers.offer_status = statuses.offer_status
left join links
    on offers.client_record_id = links.client_record_id
left join today
    on true
