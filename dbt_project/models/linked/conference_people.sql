-- One row per person: what decides whether and how the case conference takes them up.
-- Eligible by WIC 18999.8 while 12 months have not passed since homelessness was last
-- shown. The lead is the team assigned by the conference; else the team that managed
-- the person's case last, in the past 90 days; else nobody.

{% set recent_days = 90 %}
{% set eligible_months = 12 %}

with people as (

    select
        person_id,
        died_on
    from {{ ref("people_by_threshold") }}
    where link_threshold = 'default'

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

evidence as (

    select
        person_id,
        max(shown_to) as last_homeless_on,
        arg_max(evidence, (shown_to, evidence)) as homeless_evidence
    from {{ ref("homeless_evidence") }}
    where link_threshold = 'default'
    group by person_id

),

contacts as (

    select
        contacts.person_id,
        contacts.contact_id,
        contacts.department,
        contacts.team_code,
        contacts.contact_kind,
        contacts.contacted_on,
        contacts.contacted_on
        > today.data_through - interval '{{ recent_days }}' day as is_recent,
        contacts.contacted_on
        > today.data_through - interval '12' month as is_within_year
    from {{ ref("contacts_by_threshold") }} as contacts
    inner join today
        on contacts.contacted_on <= today.data_through
    where
        contacts.link_threshold = 'default'
        and contacts.is_contact_made
        and contacts.person_id is not null

),

met as (

    select
        person_id,
        max(contacted_on) as last_contact_on,
        count(distinct case when is_recent then department end)
            as n_departments_90d,
        count(distinct case when is_within_year then department end)
            as n_departments,
        string_agg(
            distinct case when is_within_year then department end, ';'
            order by case when is_within_year then department end
        ) as departments,
        arg_max(
            case
                when is_recent and contact_kind = 'case_management' then team_code
            end,
            case
                when is_recent and contact_kind = 'case_management'
                    then (contacted_on, contact_id)
            end
        ) as case_manager
    from contacts
    group by person_id

),

entries as (

    select
        listing_id,
        entry_number,
        person_id,
        state,
        team_code,
        identity_change,
        decided_at
    from {{ source("linkage", "case_list") }}

),

listings as (

    select
        listing_id,
        arg_max(person_id, entry_number) as person_id,
        arg_max(state, entry_number) as state,
        max(entry_number) as last_entry,
        max(case when state = 'assigned' then entry_number end) as last_assignment,
        arg_max(team_code, entry_number) filter (where state = 'assigned')
            as lead_team_code,
        max(identity_change) as identity_change,
        min(decided_at) as listed_at
    from entries
    group by listing_id

),

-- Two people listed apart may be one by now: the furthest state speaks.
listed as (

    select
        person_id,
        case
            when bool_or(state = 'assigned') then 'assigned'
            when bool_or(state = 'included') then 'included'
            when bool_or(state = 'nominated') then 'nominated'
            else 'removed'
        end as list_state,
        min(case when state <> 'removed' then listed_at end) as listed_at,
        arg_max(lead_team_code, last_assignment) filter (where state = 'assigned')
            as lead_team_code,
        bool_or(state <> 'removed' and identity_change <> 'same')
        or count(case when state <> 'removed' then 1 end) > 1 as needs_review
    from listings
    where person_id is not null
    group by person_id

)

select
    people.person_id,

    people.died_on,
    evidence.last_homeless_on,
    evidence.homeless_evidence,
    cast(
        evidence.last_homeless_on + interval '{{ eligible_months }}' month as date
    ) as eligible_until,
    coalesce(
        evidence.last_homeless_on + interval '{{ eligible_months }}' month
        >= today.data_through,
        false
    ) as is_eligible,

    met.last_contact_on,
    coalesce(met.n_departments_90d, 0) as n_departments_90d,
    coalesce(met.n_departments, 0) as n_departments,
    met.departments,

    coalesce(listed.lead_team_code, met.case_manager) as lead_team_code,
    case
        when listed.lead_team_code is not null then 'assigned'
        when met.case_manager is not null then 'case_management'
    end as lead_team_rule,
    coalesce(listed.list_state, 'not_listed') as list_state,
    listed.listed_at,
    coalesce(listed.needs_review, false) as needs_review,
    today.data_through
from people
inner join today
    on true
left join evidence
    on people.person_id = evidence.person_id
left join met
    on people.person_id = met.person_id
left join listed
    on people.person_id = listed.person_id
