-- One row per outcome of a person, whoever recorded it and however often.
-- Reports of one kind of outcome within its window of days (seed outcome_type) are one
-- event, dated by the first; a death happens once.

with events as (

    select
        outcome_event_id,
        client_record_id,
        department,
        outcome_type,
        occurred_on
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
        events.outcome_event_id,
        links.person_id,
        coalesce(links.person_id, events.client_record_id) as whose,
        events.department,
        events.outcome_type,
        events.occurred_on,
        windows.same_event_days,
        windows.is_once_in_a_life,
        lag(events.occurred_on) over (
            partition by
                coalesce(links.person_id, events.client_record_id),
                events.outcome_type
            order by events.occurred_on, events.outcome_event_id
        ) as previous_on
    from events
    inner join windows
        on events.outcome_type = windows.outcome_type
    left join links
        on events.client_record_id = links.client_record_id

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
    from linked

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

)

select
    min(numbered.outcome_event_id) as outcome_id,
    min(numbered.person_id) as person_id,
    min(numbered.person_id) is not null as is_linked,

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
