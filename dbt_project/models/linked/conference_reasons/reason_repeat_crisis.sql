-- One row per crisis or overdose that came 1 to 30 days after the one before.

with crises as (

    select distinct
        person_id,
        occurred_on
    from {{ ref("outcomes") }}
    where
        is_linked
        and outcome_type in ('crisis', 'overdose')
        and occurred_on <= data_through

),

in_order as (

    select
        person_id,
        occurred_on,
        lag(occurred_on) over (
            partition by person_id order by occurred_on
        ) as previous_on
    from crises

)

select
    person_id,
    occurred_on as evidence_on
from in_order
where occurred_on <= previous_on + interval '30' day
