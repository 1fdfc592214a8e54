-- One row per client record and spell of days on which it counts as homeless under
-- WIC 18999.8: from a record that says so, or a service for it, until the agreed months
-- after the last one. It gates operational lists; no measure asks here. A stay under a
-- roof for the homeless shows it each day; an enrolment by others, often never closed,
-- on its first day only. Case management shows nothing: it goes on in a home.

with crosswalk as (

    select
        source_client_record_id,
        client_record_id
    from {{ ref("int_client_record_crosswalk") }}
    where not is_test_client

),

months as (

    select cast(value as integer) as n_months
    from {{ ref("stg_governance__agreement_terms") }}
    where term = 'eligibility' and subject = 'months'

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

exits as (

    select
        enrollment_id,
        max(exit_date) as exit_date
    from {{ ref("stg_hsh__exit") }}
    group by enrollment_id

),

told as (

    select
        'hsh:hmis:' || enrolments.personal_id as source_client_record_id,
        case
            when projects.service_family in ('shelter', 'transitional')
                then 'shelter_stay'
            else 'enrolment'
        end as evidence,
        enrolments.entry_date as from_on,
        case
            when projects.service_family in ('shelter', 'transitional')
                then coalesce(exits.exit_date, date '9999-12-31')
            else enrolments.entry_date
        end as to_on
    from {{ ref("stg_hsh__enrollment") }} as enrolments
    inner join {{ ref("int_projects") }} as projects
        on enrolments.project_id = projects.project_id
    left join exits
        on enrolments.enrollment_id = exits.enrollment_id
    where projects.is_homeless_project
    union all
    select
        'hsh:hmis:' || personal_id as source_client_record_id,
        'living_situation' as evidence,
        information_date as from_on,
        information_date as to_on
    from {{ ref("stg_hsh__current_living_situation") }}
    -- Street, shelter, safe haven: as HUD codes them now, and before 2024.
    where living_situation in ('116', '101', '118', '16', '1', '18')
    union all
    select
        'fire:epcr:' || report_id as source_client_record_id,
        'said_to_paramedics' as evidence,
        contacted_on as from_on,
        contacted_on as to_on
    from {{ ref("stg_fire__epcr") }}
    where is_homeless
    union all
    select
        client_record_id as source_client_record_id,
        'street_contact' as evidence,
        contacted_on as from_on,
        contacted_on as to_on
    from {{ ref("int_contacts") }}
    where
        contact_kind in ('outreach', 'encampment_operation')
        and is_contact_made

),

shown as (

    select
        crosswalk.client_record_id,
        told.evidence,
        told.from_on,
        greatest(told.from_on, least(told.to_on, today.data_through)) as to_on
    from told
    inner join crosswalk
        on told.source_client_record_id = crosswalk.source_client_record_id
    -- A day written wrongly into the future would keep somebody eligible.
    inner join today
        on told.from_on <= today.data_through

),

evidence as (

    select
        shown.*,
        cast(shown.to_on + months.n_months * interval '1' month as date) as until_on
    from shown
    cross join months

),

marked as (

    select
        *,
        from_on > max(until_on) over (
            partition by client_record_id
            order by from_on, to_on, evidence
            rows between unbounded preceding and 1 preceding
        ) as is_after_a_gap
    from evidence

),

numbered as (

    select
        *,
        sum(case when is_after_a_gap then 1 else 0 end) over (
            partition by client_record_id
            order by from_on, to_on, evidence
            rows between unbounded preceding and current row
        ) as spell
    from marked

),

spells as (

    select
        client_record_id,
        spell,
        min(from_on) as eligible_from,
        max(until_on) as eligible_until,
        max(to_on) as last_evidence_on,
        arg_max(evidence, (to_on, evidence)) as last_evidence,
        count(*) as n_evidence,
        string_agg(distinct evidence, ';' order by evidence) as evidence
    from numbered
    group by client_record_id, spell

),

objections as (

    select source_client_record_id
    from {{ ref("int_objections") }}
    where purpose = 'case_conference'

)

select
    spells.client_record_id,
    spells.eligible_from,
    spells.eligible_until,

    spells.evidence,
    spells.n_evidence,
    spells.last_evidence_on,
    spells.last_evidence,

    today.data_through between spells.eligible_from and spells.eligible_until
        as is_eligible_today,
    today.data_through between spells.eligible_from and spells.eligible_until
    and objections.source_client_record_id is null as may_be_conferenced
from spells
left join objections
    on spells.client_record_id = objections.source_client_record_id
left join today
    on true
