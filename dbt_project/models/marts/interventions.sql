-- One row per index intervention: a team's act towards a person that opens a window.
-- The first of its type, then each that comes 38 days or more after the last index of
-- the same person and type: 7 days to the landmark, 31 for the outcome to show first.
-- What a clinic or hospital does is no street response and opens no window.

{% set gap_days = 38 %}
{% set landmark_days = 7 %}

with recursive acts as (

    select
        contacts.person_id,
        kinds.intervention_type,
        contacts.contacted_on as intervened_on,
        contacts.contact_id as act_id,
        contacts.department,
        contacts.team_code
    from {{ ref("contacts") }} as contacts
    inner join {{ ref("contact_kind") }} as kinds
        on contacts.contact_kind = kinds.contact_kind
    where
        kinds.intervention_type is not null
        and contacts.is_linked
        and contacts.is_contact_made
        and not exists (
            select 1
            from {{ ref("int_teams") }} as teams
            where teams.is_care_site and teams.team_code = contacts.team_code
        )
    union all
    select
        person_id,
        'shelter_offer_accepted' as intervention_type,
        offered_on as intervened_on,
        offer_id as act_id,
        department,
        team_code
    from {{ ref("offers") }}
    where is_linked and service_type = 'shelter' and is_accepted

),

days as (

    select
        person_id,
        intervention_type,
        intervened_on,
        min(act_id) as act_id
    from acts
    where intervened_on is not null
    group by person_id, intervention_type, intervened_on

),

indexes as (

    select
        person_id,
        intervention_type,
        min(intervened_on) as intervened_on
    from days
    group by person_id, intervention_type
    union all
    select
        days.person_id,
        days.intervention_type,
        min(days.intervened_on) as intervened_on
    from indexes
    inner join days
        on
            indexes.person_id = days.person_id
            and indexes.intervention_type = days.intervention_type
            and days.intervened_on
            >= indexes.intervened_on + interval '{{ gap_days }}' day
    group by days.person_id, days.intervention_type

),

chosen as (

    select
        acts.act_id,
        acts.person_id,
        acts.intervention_type,
        acts.department,
        acts.team_code,
        acts.intervened_on
    from indexes
    inner join days
        on
            indexes.person_id = days.person_id
            and indexes.intervention_type = days.intervention_type
            and indexes.intervened_on = days.intervened_on
    inner join acts
        on
            days.act_id = acts.act_id
            and days.intervention_type = acts.intervention_type

)

select
    {{ hashed_key(["intervention_type", "act_id"]) }} as intervention_id,
    person_id,

    intervention_type,
    department,
    team_code,
    intervened_on,
    cast(intervened_on + interval '{{ landmark_days }}' day as date) as landmark_on
from chosen
