-- One row per department and outcome (all): after its interventions, who recorded it.
-- An outcome is one of the department's interventions when it comes within 90 days of a
-- contact that is one; a repeat crisis from the day after.

{% set window_days = 365 %}
{% set follow_up_days = 90 %}

with today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

kinds as (

    select contact_kind
    from {{ ref("contact_kind") }}
    where intervention_type is not null

),

care_sites as (

    select distinct team_code
    from {{ ref("int_teams") }}
    where is_care_site

),

interventions as (

    select
        contacts.link_threshold,
        contacts.department,
        contacts.person_id,
        contacts.contacted_on
    from {{ ref("contacts_by_threshold") }} as contacts
    inner join kinds
        on contacts.contact_kind = kinds.contact_kind
    inner join today
        on
            contacts.contacted_on <= today.data_through
            and contacts.contacted_on
            > today.data_through
            - interval '{{ window_days + follow_up_days }}' day
    left join care_sites
        on contacts.team_code = care_sites.team_code
    where contacts.is_contact_made and care_sites.team_code is null

),

clients as (

    select distinct
        link_threshold,
        department,
        person_id
    from interventions
    where person_id is not null

),

events as (

    select
        outcomes.link_threshold,
        outcomes.person_id,
        judged.outcome_type,
        outcomes.occurred_on,
        outcomes.departments,
        cast(
            outcomes.occurred_on - judged.first_day * interval '1' day as date
        ) as intervened_by
    from {{ ref("outcomes_by_threshold") }} as outcomes
    inner join {{ ref("intervention_outcome") }} as judged
        on outcomes.outcome_type = judged.event_type
    inner join today
        on
            outcomes.occurred_on <= today.data_through
            and outcomes.occurred_on
            > today.data_through - interval '{{ window_days }}' day
    where outcomes.person_id is not null

),

-- Each outcome beside the department's contacts, in order of days: the last one before.
in_order as (

    select
        clients.link_threshold,
        clients.department,
        clients.person_id,
        events.outcome_type,
        events.occurred_on,
        events.departments,
        events.intervened_by as day_on,
        cast(null as date) as contacted_on,
        1 as place
    from events
    inner join clients
        on
            events.link_threshold = clients.link_threshold
            and events.person_id = clients.person_id
    union all
    select distinct
        link_threshold,
        department,
        person_id,
        cast(null as varchar) as outcome_type,
        cast(null as date) as occurred_on,
        cast(null as varchar) as departments,
        contacted_on as day_on,
        contacted_on,
        0 as place
    from interventions
    where person_id is not null

),

followed as (

    select
        link_threshold,
        department,
        outcome_type,
        occurred_on,
        ';' || departments || ';' not like '%;' || department || ';%'
            as is_elsewhere_only,
        max(contacted_on) over (
            partition by link_threshold, department, person_id
            order by day_on, place
            rows between unbounded preceding and current row
        ) as intervened_on
    from in_order

),

judged as (

    select
        followed.link_threshold,
        followed.department,
        followed.outcome_type,
        followed.is_elsewhere_only,
        date_diff(
            'day',
            followed.occurred_on,
            least(
                cast(
                    followed.intervened_on
                    + interval '{{ follow_up_days }}' day as date
                ),
                today.data_through
            )
        ) as days_unaware
    from followed
    inner join today
        on
            followed.occurred_on
            <= followed.intervened_on + interval '{{ follow_up_days }}' day
    where followed.outcome_type is not null

),

not_linked as (

    select
        department,
        count(case when person_id is null then 1 end) / count(*) as share_not_linked
    from interventions
    where link_threshold = 'default'
    group by department

),

summed as (

    select
        link_threshold,
        department,
        coalesce(outcome_type, 'all') as outcome_type,
        count(*) as n,
        count(case when is_elsewhere_only then 1 end) as numerator,
        coalesce(
            sum(case when is_elsewhere_only then days_unaware end), 0
        ) as person_days
    from judged
    group by
        grouping sets (
            (link_threshold, department, outcome_type), (link_threshold, department)
        )

),

counted as (

    select
        summed.link_threshold,
        summed.department,
        summed.outcome_type,
        summed.n,
        summed.n as denominator,
        summed.numerator,
        not_linked.share_not_linked,
        summed.n - summed.numerator as n_seen_alone,
        summed.n as n_seen_linked,
        cast(summed.person_days as bigint) as person_days
    from summed
    inner join not_linked
        on summed.department = not_linked.department

)

{{ rate_by_threshold(
    "counted",
    ["department", "outcome_type"],
    also=["n_seen_alone", "n_seen_linked", "person_days"]
) }}
