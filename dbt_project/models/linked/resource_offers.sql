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
        statuses.says,
        statuses.is_offer,
        statuses.is_resolved,
        statuses.is_accepted,
        links.person_id is not null as is_linked
    from offers
    inner join statuses
        on offers.offer_status = statuses.offer_status
    left join links
        on offers.client_record_id = links.client_record_id

),

repeated as (

    select
        contact_id,
        service_type,
        shelter_type
    from offers
    where contact_id is not null
    group by contact_id, service_type, shelter_type
    having count(*) > 1

),

outspoken as (

    select
        told.offer_id,
        row_number() over (
            partition by told.contact_id, told.service_type, told.shelter_type
            order by told.says desc, told.is_linked desc, told.offer_id asc
        ) as preference
    from told
    inner join repeated
        on
            told.contact_id = repeated.contact_id
            and told.service_type = repeated.service_type
            and told.shelter_type is not distinct from repeated.shelter_type

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
inner join today
    on told.offered_on <= today.data_through
left join outspoken
    on told.offer_id = outspoken.offer_id
where coalesce(outspoken.preference, 1) = 1
