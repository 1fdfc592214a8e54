-- One row per period, type of intervention and type of outcome: people and how many had
-- the outcome. A person counts once: with the first index of the type in the period
-- whose outcome is known. Not suppressed.

with judged as (

    select
        periods.period_kind,
        periods.period,
        outcomes.intervention_type,
        outcomes.outcome_type,
        outcomes.person_id,
        outcomes.is_outcome_90d,
        row_number() over (
            partition by
                periods.period_kind,
                periods.period,
                outcomes.intervention_type,
                outcomes.outcome_type,
                outcomes.person_id
            order by outcomes.intervened_on, outcomes.intervention_id
        ) as place
    from {{ ref("interventions_to_outcomes") }} as outcomes
    inner join {{ ref("public_periods") }} as periods
        on outcomes.intervened_on between periods.first_on and periods.last_on
    where outcomes.is_at_risk_at_landmark and outcomes.is_mature_90d

)

select
    period_kind,
    period,
    intervention_type,
    outcome_type,
    count(*) as denominator,
    count(case when is_outcome_90d then 1 end) as numerator,
    count(case when not is_outcome_90d then 1 end) as n_without
from judged
where place = 1
group by period_kind, period, intervention_type, outcome_type
