-- One row per index intervention and type of outcome: what came after the landmark.
-- Follow-up is settled by day 7; only what happens later counts, so nobody is called
-- followed up for having lived or waited long enough. Death ends the watch.

{% set window_days = 90 %}

with interventions as (

    select
        interventions.intervention_id,
        interventions.person_id,
        interventions.intervention_type,
        interventions.department,
        interventions.team_code,
        interventions.intervened_on,
        interventions.landmark_on,
        follow_ups.n_departments_7d,
        follow_ups.is_followed_up_7d,
        follow_ups.follow_up_department,
        follow_ups.follow_up_kind
    from {{ ref("interventions") }} as interventions
    inner join {{ ref("intervention_follow_ups") }} as follow_ups
        on interventions.intervention_id = follow_ups.intervention_id

),

outcome_types as (

    select distinct outcome_type
    from {{ ref("intervention_outcome") }}

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

deaths as (

    select
        person_id,
        min(occurred_on) as died_on
    from {{ ref("outcomes") }}
    where outcome_type = 'death' and is_linked
    group by person_id

),

observed as (

    select
        intervention_id,
        outcome_type,
        is_before_landmark,
        outcome_on
    from {{ ref("intervention_events") }}

),

judged as (

    select
        interventions.*,
        outcome_types.outcome_type,
        today.data_through,
        interventions.landmark_on <= today.data_through
        and coalesce(deaths.died_on > interventions.landmark_on, true)
        and not coalesce(observed.is_before_landmark, false) as is_at_risk_at_landmark,
        cast(
            interventions.landmark_on + interval '{{ window_days }}' day as date
        ) as window_ends_on,
        case
            when observed.outcome_on <= coalesce(deaths.died_on, observed.outcome_on)
                then observed.outcome_on
        end as outcome_on,
        case when deaths.died_on <= today.data_through then deaths.died_on end
            as died_on
    from interventions
    cross join outcome_types
    cross join today
    left join observed
        on
            interventions.intervention_id = observed.intervention_id
            and outcome_types.outcome_type = observed.outcome_type
    left join deaths
        on interventions.person_id = deaths.person_id

),

watched as (

    select
        *,
        is_at_risk_at_landmark
        and outcome_on is null
        and outcome_type <> 'death'
        and coalesce(died_on <= window_ends_on, false) as is_ended_by_death,
        window_ends_on <= data_through as is_mature_90d
    from judged

)

select
    intervention_id,
    person_id,
    outcome_type,

    intervention_type,
    department,
    team_code,
    intervened_on,

    n_departments_7d,
    is_followed_up_7d,
    follow_up_department,
    follow_up_kind,

    landmark_on,
    is_at_risk_at_landmark,
    case when is_at_risk_at_landmark then outcome_on end as outcome_on,
    case
        when is_at_risk_at_landmark then date_diff('day', landmark_on, outcome_on)
    end as days_to_outcome,
    case
        when not is_at_risk_at_landmark then null
        when outcome_on is not null then true
        when is_mature_90d or is_ended_by_death then false
    end as is_outcome_90d,
    case
        when is_at_risk_at_landmark
            then
                date_diff(
                    'day',
                    landmark_on,
                    least(
                        window_ends_on,
                        data_through,
                        coalesce(outcome_on, window_ends_on),
                        case when is_ended_by_death then died_on else data_through end
                    )
                )
    end as observed_days,
    is_mature_90d,
    case when is_ended_by_death then 'death' end as competing_event,
    data_through
from watched
