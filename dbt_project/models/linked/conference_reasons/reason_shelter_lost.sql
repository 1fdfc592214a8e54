-- One row per contact on the street after the last shelter stay ended, in the 90 days
-- up to data_through, with no stay or home since.

with last_stays as (

    select
        links.person_id,
        max(case when stays.stay_kind = 'shelter' then stays.left_on end)
            as left_shelter_on,
        max(coalesce(stays.left_on, date '9999-12-31')) as left_last_on
    from {{ ref("int_stays") }} as stays
    inner join {{ source("linkage", "client_links") }} as links
        on stays.client_record_id = links.client_record_id
    where links.person_id is not null
    group by links.person_id

),

homes as (

    select
        person_id,
        max(occurred_on) as housed_on
    from {{ ref("outcomes") }}
    where is_linked and outcome_type = 'permanent_housing_exit'
    group by person_id

)

select
    contacts.person_id,
    contacts.contacted_on as evidence_on
from last_stays
inner join {{ ref("conference_people") }} as people
    on last_stays.person_id = people.person_id
inner join {{ ref("conference_contacts") }} as contacts
    on
        last_stays.person_id = contacts.person_id
        and last_stays.left_shelter_on < contacts.contacted_on
left join homes
    on last_stays.person_id = homes.person_id
where
    last_stays.left_shelter_on = last_stays.left_last_on
    and last_stays.left_shelter_on > people.data_through - interval '90' day
    and coalesce(homes.housed_on < last_stays.left_shelter_on, true)
    and contacts.contact_kind in ('outreach', 'encampment_operation')
