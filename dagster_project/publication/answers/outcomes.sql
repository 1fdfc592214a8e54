-- One row per outcome and kind of first week after an index crisis.

with crises as (

    select
        outcome_type,
        case
            when is_followed_up_7d then 'another department came'
            else 'nobody else came'
        end as first_week,
        is_outcome_90d
    from marts.interventions_to_outcomes
    where
        intervention_type = 'crisis_response'
        and is_at_risk_at_landmark
        and is_mature_90d

)

select
    outcome_type,
    first_week,
    count(*) as n_at_risk,
    count(*) filter (where is_outcome_90d) as n_with_outcome,
    count(*) filter (where is_outcome_90d) / count(*) as outcome_share
from crises
group by outcome_type, first_week
order by outcome_type, first_week
