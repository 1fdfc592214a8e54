-- One row per index intervention and type of outcome that the person had by day 97:
-- whether before the landmark, and when first after it. Nothing beyond data_through.

{% set window_days = 90 %}

with interventions as (

    select
        intervention_id,
        person_id,
        intervened_on,
        landmark_on
    from {{ ref("interventions") }}

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

events as (

    select
        outcomes.person_id,
        outcome_of.outcome_type,
        outcome_of.first_day,
        outcomes.occurred_on
    from {{ ref("outcomes") }} as outcomes
    inner join {{ ref("intervention_outcome") }} as outcome_of
        on outcomes.outcome_type = outcome_of.event_type
    where outcomes.is_linked

),

observed as (

    select
        interventions.intervention_id,
        events.outcome_type,
        bool_or(events.occurred_on <= interventions.landmark_on)
            as is_before_landmark,
        min(
            case
                when events.occurred_on > interventions.landmark_on
                    then events.occurred_on
            end
        ) as outcome_on
    from interventions
    inner join events
        on
            interventions.person_id = events.person_id
            and events.occurred_on
            >= interventions.intervened_on + events.first_day * interval '1' day
            and events.occurred_on
            <= interventions.landmark_on + interval '{{ window_days }}' day
    cross join today
    where events.occurred_on <= today.data_through
    group by interventions.intervention_id, events.outcome_type

)

select
    intervention_id,
    outcome_type,
    is_before_landmark,
    outcome_on
from observed
