-- One row per index intervention: which departments met the person by the landmark.
-- Any contact of another department on days 1 to 7 is follow-up, whether or not it was
-- sent for; being in a hospital is not, nor is a contact of day 0: these count for the
-- number of departments only.

with interventions as (

    select
        intervention_id,
        person_id,
        department,
        intervened_on,
        landmark_on
    from {{ ref("interventions") }}

),

contacts as (

    select
        contact_id,
        person_id,
        department,
        contact_kind,
        team_code,
        contacted_on
    from {{ ref("contacts") }}
    where is_linked and is_contact_made

),

hospitals as (

    select team_code
    from {{ ref("int_teams") }}
    where is_hospital

),

met as (

    select
        interventions.intervention_id,
        contacts.department,
        contacts.contact_kind,
        contacts.contacted_on,
        contacts.contact_id,
        contacts.department <> interventions.department
        and contacts.contacted_on > interventions.intervened_on
        and hospitals.team_code is null as is_follow_up
    from interventions
    inner join contacts
        on
            interventions.person_id = contacts.person_id
            and interventions.intervened_on <= contacts.contacted_on
            and interventions.landmark_on
            >= contacts.contacted_on
    left join hospitals
        on contacts.team_code = hospitals.team_code

),

ranked as (

    select
        *,
        row_number() over (
            partition by intervention_id
            order by is_follow_up desc, contacted_on asc, contact_id asc
        ) as place
    from met

),

exposures as (

    select
        intervention_id,
        count(distinct department) as n_departments_7d,
        bool_or(is_follow_up) as is_followed_up_7d,
        max(case when place = 1 and is_follow_up then department end)
            as follow_up_department,
        max(case when place = 1 and is_follow_up then contact_kind end)
            as follow_up_kind,
        max(case when place = 1 and is_follow_up then contacted_on end)
            as follow_up_on
    from ranked
    group by intervention_id

)

select
    interventions.intervention_id,
    coalesce(exposures.n_departments_7d, 1) as n_departments_7d,
    coalesce(exposures.is_followed_up_7d, false) as is_followed_up_7d,
    exposures.follow_up_department,
    exposures.follow_up_kind,
    exposures.follow_up_on
from interventions
left join exposures
    on interventions.intervention_id = exposures.intervention_id
