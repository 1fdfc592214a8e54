-- One row per person and day on which a department met them in crisis within 30 days
-- after another department had, on an earlier day.

with crisis_days as (

    select distinct
        person_id,
        department,
        contacted_on
    from {{ ref("conference_contacts") }}
    where contact_kind in ('crisis', 'overdose', 'psychiatric_emergency')

)

select distinct
    later.person_id,
    later.contacted_on as evidence_on
from crisis_days as later
inner join crisis_days as earlier
    on
        later.person_id = earlier.person_id
        and later.department <> earlier.department
        and later.contacted_on > earlier.contacted_on
        and later.contacted_on <= earlier.contacted_on + interval '30' day
