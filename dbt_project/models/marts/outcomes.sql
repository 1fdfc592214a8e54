-- One row per outcome of a person, whoever recorded it and however often: the outcomes
-- as linked everywhere else (linked.outcomes_by_threshold has the other thresholds).

with outcomes as (

    select
        outcome_id,
        person_id,
        outcome_type,
        occurred_on,
        n_reports,
        departments
    from {{ ref("outcomes_by_threshold") }}
    where link_threshold = 'default'

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

)

select
    outcomes.outcome_id,
    outcomes.person_id,
    outcomes.person_id is not null as is_linked,

    outcomes.outcome_type,
    outcomes.occurred_on,
    outcomes.n_reports,
    outcomes.departments,
    today.data_through
from outcomes
left join today
    on true
