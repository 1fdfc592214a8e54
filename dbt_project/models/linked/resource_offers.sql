-- One row per resource offered, or wanted, at one contact: what came of it.
-- Two systems, or two units of a team at one incident, may tell of one offer to one
-- person; the result that says most stands.

with meetings as (

    select
        contact_id,
        meeting_id
    from {{ ref("team_contacts") }}
    where contact_id <> meeting_id

),

told as (

    select
        offers.*,
        coalesce(meetings.meeting_id, offers.contact_id) as met_at,
        coalesce(meetings.meeting_id, offers.contact_id, offers.offer_id) as occasion,
        case offers.offer_status when 'unknown' then 2.5 else offers.status_rank end
            as says
    from {{ ref("told_offers") }} as offers
    left join meetings
        on offers.contact_id = meetings.contact_id

),

repeated as (

    select
        met_at,
        service_type,
        shelter_type
    from told
    where met_at is not null
    group by met_at, service_type, shelter_type
    having count(*) > 1

),

outspoken as (

    select
        told.offer_id,
        row_number() over (
            partition by told.met_at, told.service_type, told.shelter_type
            order by told.says desc, told.is_linked desc, told.offer_id asc
        ) as preference
    from told
    inner join repeated
        on
            told.met_at = repeated.met_at
            and told.service_type = repeated.service_type
            and told.shelter_type is not distinct from repeated.shelter_type

)

select
    told.offer_id,
    told.occasion,
    told.met_at as contact_id,
    told.client_record_id,
    told.person_id,
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
    told.data_through
from told
left join outspoken
    on told.offer_id = outspoken.offer_id
where
    told.offered_on <= told.data_through
    and coalesce(outspoken.preference, 1) = 1
