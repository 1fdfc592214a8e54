-- One row per resource offered, or wanted, at one contact: what came of it.
-- Two systems may tell of one offer at one contact; the result that says most stands.

with told as (

    select
        *,
        coalesce(contact_id, offer_id) as occasion,
        case offer_status when 'unknown' then 2.5 else status_rank end as says
    from {{ ref("told_offers") }}

),

repeated as (

    select
        contact_id,
        service_type,
        shelter_type
    from told
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
    told.data_through
from told
left join outspoken
    on told.offer_id = outspoken.offer_id
where
    told.offered_on <= told.data_through
    and coalesce(outspoken.preference, 1) = 1
