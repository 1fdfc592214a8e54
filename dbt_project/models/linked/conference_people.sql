-- One row per person: what decides whether and how the case conference takes them up.
-- Eligible by WIC 18999.8 as int_eligibility has it for any record of the person, and
-- not at all where an objection to case conferences is known of one. The lead is the
-- team assigned by the conference; else the team that managed the person's case last,
-- in the past 90 days; else nobody.

{% set recent_days = 90 %}

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

records as (

    select
        client_record_id,
        person_id
    from {{ ref("links_by_threshold") }}
    where link_threshold = 'default' and person_id is not null

),

eligibility as (

    select
        records.person_id,
        max(spells.last_evidence_on) as last_homeless_on,
        arg_max(
            spells.last_evidence, (spells.last_evidence_on, spells.last_evidence)
        ) as homeless_evidence,
        max(spells.eligible_until) as eligible_until,
        bool_or(spells.is_eligible_today) as is_eligible_today
    from {{ ref("int_eligibility") }} as spells
    inner join records
        on spells.client_record_id = records.client_record_id
    group by records.person_id

),

objections as (

    select distinct records.person_id
    from {{ ref("int_objections") }} as objections
    inner join records
        on objections.source_client_record_id = records.client_record_id
    where objections.purpose = 'case_conference'

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
    eligibility.last_homeless_on,
    eligibility.homeless_evidence,
    eligibility.eligible_until,
    objections.person_id is not null as has_objected,
    coalesce(eligibility.is_eligible_today, false)
    and objections.person_id is null as is_eligible,

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
left join eligibility
    on people.person_id = eligibility.person_id
left join objections
    on people.person_id = objections.person_id
left join met
    on people.person_id = met.person_id
left join listed
    on people.person_id = listed.person_id
