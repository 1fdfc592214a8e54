-- One row per outcome of a person and linkage threshold, whoever recorded it.
-- Reports of one kind of outcome within its window of days (seed outcome_type) are one
-- event, dated by the first; a death happens once. What a crew met and could not link
-- is the event of the one person another department linked to the same incident. All of
-- it hangs on who is who, so each threshold has outcomes of its own.

with events as (

    select
        outcome_event_id,
        client_record_id,
        department,
        outcome_type,
        occurred_on,
        incident_number
    from {{ ref("int_outcome_events") }}

),

links as (

    select
        client_record_id,
        link_threshold,
        person_id
    from {{ ref("links_by_threshold") }}

),

windows as (

    select
        outcome_type,
        same_event_days,
        is_once_in_a_life
    from {{ ref("outcome_type") }}

),

thresholds as (

    {{ link_thresholds() }}

),

linked as (

    select
        events.*,
        thresholds.link_threshold,
        links.person_id
    from events
    cross join thresholds
    left join links
        on
            events.client_record_id = links.client_record_id
            and thresholds.link_threshold = links.link_threshold

),

incidents as (

    select
        link_threshold,
        incident_number,
        outcome_type,
        min(person_id) as person_id
    from linked
    where incident_number is not null
    group by link_threshold, incident_number, outcome_type
    having
        count(distinct person_id) = 1
        and count(case when person_id is null then 1 end) = 1
        and count(distinct department) > 1

),

owned as (

    select
        linked.*,
        coalesce(linked.person_id, incidents.person_id) as owner_id,
        coalesce(linked.person_id, incidents.person_id, linked.client_record_id)
            as whose
    from linked
    left join incidents
        on
            linked.link_threshold = incidents.link_threshold
            and linked.incident_number = incidents.incident_number
            and linked.outcome_type = incidents.outcome_type

),

ordered as (

    select
        owned.*,
        windows.same_event_days,
        windows.is_once_in_a_life,
        lag(owned.occurred_on) over (
            partition by owned.link_threshold, owned.whose, owned.outcome_type
            order by owned.occurred_on, owned.outcome_event_id
        ) as previous_on
    from owned
    inner join windows
        on owned.outcome_type = windows.outcome_type

),

numbered as (

    select
        *,
        sum(
            case
                when previous_on is null then 1
                when is_once_in_a_life then 0
                when date_diff('day', previous_on, occurred_on) > same_event_days
                    then 1
                else 0
            end
        ) over (
            partition by link_threshold, whose, outcome_type
            order by occurred_on, outcome_event_id
            rows between unbounded preceding and current row
        ) as event_number
    from ordered

)

select
    min(outcome_event_id) as outcome_id,
    link_threshold,
    min(owner_id) as person_id,

    outcome_type,
    min(occurred_on) as occurred_on,
    count(*) as n_reports,
    {{ joined_values("department") }} as departments
from numbered
group by
    link_threshold,
    whose,
    outcome_type,
    event_number
