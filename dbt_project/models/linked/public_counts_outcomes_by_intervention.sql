-- One row per period, type of intervention and type of outcome: people and how many had
-- the outcome. A person counts once: with the first index of the type in the period
-- whose outcome is known. Not suppressed.

with teams as (

    select distinct team_code
    from {{ ref("int_teams") }}
    where is_street_team

),

judged as (

    select
        periods.period_kind,
        periods.period,
        outcomes.intervention_type,
        outcomes.outcome_type,
        outcomes.person_id,
        outcomes.department,
        teams.team_code,
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
    left join teams
        on outcomes.team_code = teams.team_code
    where outcomes.is_at_risk_at_landmark and outcomes.is_mature_90d

)

select
    period_kind,
    period,
    intervention_type,
    outcome_type,

    count(*) as denominator,
    count(case when is_outcome_90d then 1 end) as numerator,
    count(case when not is_outcome_90d then 1 end) as n_without,

    -- Who alone intervened so in a contact: then these people are among those they met.
    case
        when
            intervention_type <> 'shelter_offer_accepted'
            and count(team_code) = count(*)
            and min(department) = max(department)
            then min(department)
    end as only_department,
    case
        when
            intervention_type <> 'shelter_offer_accepted'
            and count(team_code) = count(*)
            and min(team_code) = max(team_code)
            then min(team_code)
    end as only_team_code
from judged
where place = 1
group by period_kind, period, intervention_type, outcome_type
