-- One row per person with a reason for a case conference, or on the case list.
-- Ranked among the living who may be talked about: score, then reasons, then evidence,
-- then days without contact, then the id, so that a rebuild gives the same rank.

with people as (

    select
        person_id,
        died_on is not null as is_deceased,
        last_homeless_on,
        homeless_evidence,
        eligible_until,
        has_objected,
        is_eligible,
        last_contact_on,
        n_departments,
        departments,
        lead_team_code,
        lead_team_rule,
        list_state,
        listed_at,
        needs_review,
        data_through
    from {{ ref("conference_people") }}

),

reasons as (

    select
        person_id,
        sum(weight) as score,
        count(*) as n_reasons,
        sum(n_evidence) as n_evidence,
        string_agg(reason, ';' order by weight desc, reason asc) as reasons
    from {{ ref("case_conference_reasons") }}
    group by person_id

),

open_offers as (

    select
        person_id,
        count(*) as n_open_offers,
        string_agg(distinct service_type, ';' order by service_type) as open_offers
    from {{ ref("offers") }}
    where
        is_linked
        and offer_status in ('pending', 'accepted')
        and offered_on between data_through - interval '89' day and data_through
    group by person_id

),

candidates as (

    select
        people.*,
        coalesce(reasons.score, 0) as score,
        coalesce(reasons.n_reasons, 0) as n_reasons,
        coalesce(reasons.n_evidence, 0) as n_evidence,
        reasons.reasons,
        people.is_eligible
        and not people.is_deceased
        and reasons.person_id is not null as is_ranked
    from people
    left join reasons
        on people.person_id = reasons.person_id
    where
        reasons.person_id is not null
        or people.list_state in ('nominated', 'included', 'assigned')

)

select
    candidates.person_id,

    case
        when candidates.is_ranked
            then
                row_number() over (
                    order by
                        candidates.is_ranked desc,
                        candidates.score desc,
                        candidates.n_reasons desc,
                        candidates.n_evidence desc,
                        candidates.last_contact_on asc,
                        candidates.person_id asc
                )
    end as conference_rank,
    cast(candidates.score as bigint) as score,
    candidates.n_reasons,
    cast(candidates.n_evidence as bigint) as n_evidence,
    candidates.reasons,

    candidates.is_eligible,
    candidates.has_objected,
    candidates.eligible_until,
    candidates.last_homeless_on,
    candidates.homeless_evidence,
    candidates.is_deceased,

    candidates.last_contact_on,
    date_diff('day', candidates.last_contact_on, candidates.data_through)
        as days_since_last_contact,
    candidates.n_departments,
    candidates.departments,
    coalesce(open_offers.n_open_offers, 0) as n_open_offers,
    open_offers.open_offers,

    candidates.lead_team_code,
    candidates.lead_team_rule,
    candidates.list_state,
    candidates.listed_at,
    candidates.needs_review,
    candidates.data_through
from candidates
left join open_offers
    on candidates.person_id = open_offers.person_id
