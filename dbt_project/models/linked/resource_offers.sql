-- One row per resource offered, or wanted, at one contact: what came of it.
-- Two systems may tell of one offer at one contact; the result that says most stands.

with offers as (

    select
        offer_id,
        coalesce(contact_id, offer_id) as occasion,
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
        case offer_status when 'unknown' then 2.5 else rank end as says,
        counts_as_offer = 1 as is_offer,
        counts_as_resolved = 1 as is_resolved,
        counts_as_accepted = 1 as is_accepted
    from {{ ref("offer_status") }}

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

told as (

    select
        offers.*,
        statuses.is_offer,
        statuses.is_resolved,
        statuses.is_accepted,
        links.person_id is not null as is_linked,
        row_number() over (
            partition by offers.occasion, offers.service_type, offers.shelter_type
            order by
                statuses.says desc,
                links.person_id asc nulls last,
                offers.offer_id asc
        ) as preference
    from offers
    inner join statuses
        on offers.offer_status = statuses.offer_status
    left join links
        on offers.client_record_id = links.client_record_id

)

select
    told.offer_id,
    told.occasion,
    told.contact_id,
    told.client_record_id,
    told.is_linked,

    told.department,
    told.team_code,
    told.service_type,
    told.shelter_type,

    told.offered_at,
    told.offered_on,
    {{ month_and_year("told.offered_on") }},
    told.offer_status,
    told.is_offer,
    told.is_resolved,
    told.is_accepted,
    told.declined_by,
    told.decline_reason,
    told.fulfilled_on,
    today.data_through
from told
cross join today
where told.preference = 1 and told.offered_on <= today.data_through
