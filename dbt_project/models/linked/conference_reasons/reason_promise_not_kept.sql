-- One row per accepted offer that failed for a reason not the person's, or has no
-- confirmed start 14 days later.

with offers as (

    select
        person_id,
        service_type,
        offered_on,
        offer_status,
        coalesce(fulfilled_on, offered_on) as kept_on,
        data_through
    from {{ ref("conference_offers") }}

),

shelter_stays as (

    select
        links.person_id,
        coalesce(stays.left_on, date '9999-12-31') as left_on
    from {{ ref("int_stays") }} as stays
    inner join {{ source("linkage", "client_links") }} as links
        on stays.client_record_id = links.client_record_id
    where links.person_id is not null and stays.stay_kind = 'shelter'

)

select
    offers.person_id,
    offers.offered_on as evidence_on
from offers
where
    offers.offer_status = 'not_fulfilled'
    or (
        offers.offer_status = 'accepted'
        and offers.offered_on + interval '14' day <= offers.data_through
        and not exists (
            select 1
            from offers as kept
            where
                kept.person_id = offers.person_id
                and kept.service_type = offers.service_type
                and kept.offer_status = 'fulfilled'
                and kept.kept_on >= offers.offered_on
        )
        and not exists (
            select 1
            from shelter_stays
            where
                offers.service_type = 'shelter'
                and shelter_stays.person_id = offers.person_id
                and shelter_stays.left_on > offers.offered_on
        )
    )
