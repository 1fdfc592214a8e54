-- One row per index intervention and type of outcome that the person had by day 97:
-- whether before the landmark, and when first after it. Nothing beyond data_through.
-- Who lives in a shelter (in a home) on the landmark has the entry (the move) behind.

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

stays as (

    select
        links.person_id,
        outcome_of.outcome_type,
        stays.entered_on,
        coalesce(stays.left_on, date '9999-12-31') as left_on
    from {{ ref("int_stays") }} as stays
    inner join {{ source("linkage", "client_links") }} as links
        on stays.client_record_id = links.client_record_id
    inner join {{ ref("intervention_outcome") }} as outcome_of
        on stays.stay_kind = outcome_of.stay_kind
    where links.person_id is not null

),

happened as (

    select
        interventions.intervention_id,
        events.outcome_type,
        events.occurred_on <= interventions.landmark_on as is_before_landmark,
        events.occurred_on
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
    union all
    select
        interventions.intervention_id,
        stays.outcome_type,
        true as is_before_landmark,
        cast(null as date) as occurred_on
    from interventions
    inner join stays
        on
            interventions.person_id = stays.person_id
            and interventions.landmark_on >= stays.entered_on
            and interventions.landmark_on < stays.left_on

),

observed as (

    select
        intervention_id,
        outcome_type,
        bool_or(is_before_landmark) as is_before_landmark,
        min(case when not is_before_landmark then occurred_on end) as outcome_on
    from happened
    group by intervention_id, outcome_type

)

select
    intervention_id,
    outcome_type,
    is_before_landmark,
    outcome_on
from observed
