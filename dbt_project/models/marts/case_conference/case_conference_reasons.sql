-- One row per living person and reason for a case conference, with what it rests on.
-- Who objects to case conferences is not here. One model finds each reason's evidence
-- (models/linked/conference_reasons); look-back and weight: case_conference_reason.

with people as (

    select
        person_id,
        data_through
    from {{ ref("conference_people") }}
    where died_on is null and not has_objected

),

reasons as (

    select
        reason,
        weight,
        look_back_days
    from {{ ref("case_conference_reason") }}

),

evidence as (

    {% for reason in [
        "several_departments_in_crisis",
        "repeat_crisis",
        "overdose_without_follow_up",
        "refused_then_offered_again",
        "promise_not_kept",
        "shelter_lost",
        "high_use",
        "no_lead_team",
    ] -%}
        select
            person_id,
            '{{ reason }}' as reason,
            evidence_on
        from {{ ref("reason_" ~ reason) }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

)

select
    evidence.person_id,
    evidence.reason,

    reasons.weight,
    count(*) as n_evidence,
    min(evidence.evidence_on) as first_evidence_on,
    max(evidence.evidence_on) as last_evidence_on,
    people.data_through
from evidence
inner join people
    on evidence.person_id = people.person_id
inner join reasons
    on
        evidence.reason = reasons.reason
        and people.data_through - evidence.evidence_on < reasons.look_back_days
group by
    evidence.person_id,
    evidence.reason,
    reasons.weight,
    people.data_through
