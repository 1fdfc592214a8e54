-- One row per person whom nobody leads and department that met them in the last 90
-- days, where there are two or more: its last day.

with met as (

    select
        contacts.person_id,
        contacts.department,
        max(contacts.contacted_on) as evidence_on,
        count(*) over (partition by contacts.person_id) as n_departments
    from {{ ref("conference_contacts") }} as contacts
    inner join {{ ref("conference_people") }} as people
        on contacts.person_id = people.person_id
    where people.lead_team_code is null and contacts.days_ago < 90
    group by contacts.person_id, contacts.department

)

select
    person_id,
    evidence_on
from met
where n_departments > 1
