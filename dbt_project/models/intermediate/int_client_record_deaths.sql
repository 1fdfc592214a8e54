-- One row per client record that a department recorded as dead: the earliest such day.

with outcome_events as (

    select
        client_record_id,
        outcome_type,
        occurred_on
    from {{ ref("int_outcome_events") }}

)

select
    client_record_id,
    min(occurred_on) as died_on
from outcome_events
where outcome_type = 'death'
group by client_record_id
