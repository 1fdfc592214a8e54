-- One row per resource named in an entry of the contact log.
-- Accepted implies offered, whatever the list of offers says. An offer with neither
-- answer, or with both, has an unknown result unless the outcome tells it; a resource
-- that was wanted and not there is no offer at all. A label nobody agreed on is an
-- offer of something 'unmapped', shown by the test codes_are_mapped; one that only the
-- notes name is a word of theirs and no label. Capitals do not matter.

{% set lists = {
    "services_offered": "offered",
    "services_accepted": "accepted",
    "services_declined": "declined",
    "resources_lacking": "lacking",
    "services_ineligible": "ineligible",
} %}

with entries as (

    select
        contact_id,
        contacted_on,
        decline_reason,
        services_offered,
        services_accepted,
        services_declined,
        resources_lacking,
        services_ineligible,
        outcome
    from {{ ref("stg_dem__team_log") }}

),

labels as (

    {% for list, answer in lists.items() %}
        select
            contact_id,
            unnest(string_split({{ list }}, ';')) as service_label,
            '{{ answer }}' as answer
        from entries
        where {{ list }} is not null
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

services as (

    select
        service_label,
        service_type,
        shelter_type
    from {{ ref("team_log_service") }}

),

spelled as (

    select
        labels.contact_id,
        labels.answer,
        coalesce(services.service_label, trim(labels.service_label)) as service_label
    from labels
    left join services
        on lower(trim(labels.service_label)) = lower(services.service_label)
    where trim(labels.service_label) <> ''

),

answers as (

    select
        contact_id,
        service_label,
        max(case when answer = 'offered' then 1 else 0 end) as is_offered,
        max(case when answer = 'accepted' then 1 else 0 end) as is_accepted,
        max(case when answer = 'declined' then 1 else 0 end) as is_declined,
        max(case when answer = 'lacking' then 1 else 0 end) as is_lacking,
        max(case when answer = 'ineligible' then 1 else 0 end) as is_ineligible
    from spelled
    group by contact_id, service_label

),

outcomes as (

    select
        outcome,
        status_if_accepted,
        status_if_unanswered
    from {{ ref("team_log_outcome") }}

),

reasons as (

    select
        written_reason,
        decline_reason
    from {{ ref("decline_reason") }}

)

select
    answers.contact_id || ':' || answers.service_label as source_offer_id,
    answers.contact_id as source_report_id,
    'dem:team_log:' || answers.contact_id as client_record_id,
    coalesce(services.service_type, 'unmapped') as service_type,
    services.shelter_type,
    entries.contacted_on as offered_on,
    case
        when answers.is_accepted = 1 and answers.is_declined = 1 then 'unknown'
        when answers.is_accepted = 1
            then coalesce(outcomes.status_if_accepted, 'accepted')
        when answers.is_declined = 1 then 'declined'
        when answers.is_lacking = 1 then 'no_capacity'
        when answers.is_ineligible = 1 then 'ineligible'
        else coalesce(outcomes.status_if_unanswered, 'unknown')
    end as offer_status,
    case when answers.is_declined = 1 and answers.is_accepted = 0 then 'client' end
        as declined_by,
    case
        when answers.is_declined = 1 and answers.is_accepted = 0
            then
                case
                    when entries.decline_reason is not null
                        then coalesce(reasons.decline_reason, 'other')
                end
    end as decline_reason,
    case
        when answers.is_accepted = 1 and outcomes.status_if_accepted = 'fulfilled'
            then entries.contacted_on
    end as fulfilled_on,
    answers.is_accepted + answers.is_declined = 2
    or (
        answers.is_accepted + answers.is_declined = 1
        and answers.is_offered = 0
        and entries.services_offered is not null
    ) as lists_disagree
from answers
inner join entries
    on answers.contact_id = entries.contact_id
left join services
    on answers.service_label = services.service_label
left join outcomes
    on lower(entries.outcome) = lower(outcomes.outcome)
left join reasons
    on lower(entries.decline_reason) = reasons.written_reason
where services.service_label is not null or answers.is_ineligible = 0
