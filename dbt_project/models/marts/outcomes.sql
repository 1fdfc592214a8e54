-- One row per outcome of a person, whoever recorded it and however often.
-- Reports of one kind of outcome within its window of days (seed outcome_type) are one
-- event, dated by the first; a death happens once. What a crew met and could not link
-- is the event of the one person another department linked to the same incident.

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
        person_id
    from {{ source("linkage", "client_links") }}

),

windows as (

    select
        outcome_type,
        same_event_days,
        is_once_in_a_life
    from {{ ref("outcome_type") }}

),

linked as (

    select
        events.*,
        links.person_id
    from events
    left join links
        on events.client_record_id = links.client_record_id

),

incidents as (

    select
        incident_number,
        outcome_type,
        min(person_id) as person_id
    from linked
    where incident_number is not null
    group by incident_number, outcome_type
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
            linked.incident_number = incidents.incident_number
            and linked.outcome_type = incidents.outcome_type

),

ordered as (

    select
        owned.*,
        windows.same_event_days,
        windows.is_once_in_a_life,
        lag(owned.occurred_on) over (
            partition by owned.whose, owned.outcome_type
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
            partition by whose, outcome_type
            order by occurred_on, outcome_event_id
            rows between unbounded preceding and current row
        ) as event_number
    from ordered

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

)

select
    min(numbered.outcome_event_id) as outcome_id,
    min(numbered.owner_id) as person_id,
    min(numbered.owner_id) is not null as is_linked,

    numbered.outcome_type,
    min(numbered.occurred_on) as occurred_on,
    count(*) as n_reports,
    string_agg(distinct numbered.department, ';' order by numbered.department)
        as departments,
    today.data_through
from numbered
left join today
    on true
group by
    numbered.whose,
    numbered.outcome_type,
    numbered.event_number,
    today.data_through
