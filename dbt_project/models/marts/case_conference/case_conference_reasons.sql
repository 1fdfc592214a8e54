-- One row per living person and reason for a case conference, with what it rests on.
-- Who objects to case conferences is not here.
-- Definitions, look-back and weight of each reason: seed case_conference_reason.

{% set oldest_days = 400 %}
{% set crisis_days = 30 %}
{% set repeat_offer_days = 30 %}
{% set follow_up_days = 3 %}
{% set start_days = 14 %}
{% set emergencies_in_year = 10 %}
{% set emergencies_in_month = 4 %}
{% set lost_days = 90 %}

with people as (

    select
        person_id,
        lead_team_code,
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

contacts as (

    select
        person_id,
        department,
        contact_kind,
        contacted_on,
        date_diff('day', contacted_on, data_through) as days_ago
    from {{ ref("contacts") }}
    where
        is_linked
        and is_contact_made
        and contacted_on
        between data_through - interval '{{ oldest_days }}' day and data_through

),

offers as (

    select
        offer_id,
        person_id,
        department,
        service_type,
        offered_on,
        offer_status,
        declined_by,
        fulfilled_on,
        data_through
    from {{ ref("offers") }}
    where
        is_linked
        and is_offer
        and offered_on
        between data_through - interval '{{ oldest_days }}' day and data_through

),

crisis_days as (

    select distinct
        person_id,
        department,
        contacted_on
    from contacts
    where contact_kind in ('crisis', 'overdose', 'psychiatric_emergency')

),

several_departments as (

    select distinct
        later.person_id,
        later.contacted_on as evidence_on
    from crisis_days as later
    inner join crisis_days as earlier
        on
            later.person_id = earlier.person_id
            and later.department <> earlier.department
            and later.contacted_on > earlier.contacted_on
            and later.contacted_on
            <= earlier.contacted_on + interval '{{ crisis_days }}' day

),

crises as (

    select distinct
        person_id,
        occurred_on
    from {{ ref("outcomes") }}
    where
        is_linked
        and outcome_type in ('crisis', 'overdose')
        and occurred_on <= data_through

),

crises_in_order as (

    select
        person_id,
        occurred_on,
        lag(occurred_on) over (
            partition by person_id order by occurred_on
        ) as previous_on
    from crises

),

overdoses as (

    select
        outcomes.person_id,
        outcomes.occurred_on as evidence_on
    from {{ ref("outcomes") }} as outcomes
    where
        outcomes.is_linked
        and outcomes.outcome_type = 'overdose'
        and outcomes.occurred_on + interval '{{ follow_up_days }}' day
        <= outcomes.data_through
        and not exists (
            select 1
            from contacts
            where
                contacts.person_id = outcomes.person_id
                and contacts.contact_kind
                in ('overdose_follow_up', 'follow_up', 'inpatient')
                and contacts.contacted_on
                between outcomes.occurred_on
                and outcomes.occurred_on + interval '{{ follow_up_days }}' day
        )

),

offered_again as (

    select distinct
        again.offer_id,
        again.person_id,
        again.offered_on as evidence_on
    from offers as again
    inner join offers as refused
        on
            again.person_id = refused.person_id
            and again.service_type = refused.service_type
            and again.department <> refused.department
            and again.offered_on > refused.offered_on
            and again.offered_on
            <= refused.offered_on + interval '{{ repeat_offer_days }}' day
    where
        refused.offer_status = 'declined'
        and refused.declined_by = 'client'
        and again.service_type in (
            'shelter',
            'housing',
            'treatment',
            'moud',
            'mental_health',
            'coordinated_entry'
        )

),

stays as (

    select
        links.person_id,
        stays.stay_kind,
        stays.entered_on,
        stays.left_on
    from {{ ref("int_stays") }} as stays
    inner join {{ source("linkage", "client_links") }} as links
        on stays.client_record_id = links.client_record_id
    where links.person_id is not null

),

promises as (

    select
        offers.person_id,
        offers.offered_on as evidence_on
    from offers
    where
        offers.offer_status = 'not_fulfilled'
        or (
            offers.offer_status = 'accepted'
            and offers.offered_on + interval '{{ start_days }}' day
            <= offers.data_through
            and not exists (
                select 1
                from offers as kept
                where
                    kept.person_id = offers.person_id
                    and kept.service_type = offers.service_type
                    and kept.offer_status = 'fulfilled'
                    and coalesce(kept.fulfilled_on, kept.offered_on)
                    >= offers.offered_on
            )
            and not exists (
                select 1
                from stays
                where
                    offers.service_type = 'shelter'
                    and stays.person_id = offers.person_id
                    and stays.stay_kind = 'shelter'
                    and coalesce(stays.left_on, date '9999-12-31')
                    > offers.offered_on
            )
        )

),

last_stays as (

    select
        person_id,
        max(case when stay_kind = 'shelter' then left_on end) as left_shelter_on,
        max(coalesce(left_on, date '9999-12-31')) as left_last_on
    from stays
    group by person_id

),

homes as (

    select
        person_id,
        max(occurred_on) as housed_on
    from {{ ref("outcomes") }}
    where is_linked and outcome_type = 'permanent_housing_exit'
    group by person_id

),

shelters_lost as (

    select
        contacts.person_id,
        contacts.contacted_on as evidence_on
    from last_stays
    inner join people
        on last_stays.person_id = people.person_id
    inner join contacts
        on
            last_stays.person_id = contacts.person_id
            and last_stays.left_shelter_on < contacts.contacted_on
    left join homes
        on last_stays.person_id = homes.person_id
    where
        last_stays.left_shelter_on = last_stays.left_last_on
        and last_stays.left_shelter_on
        > people.data_through - interval '{{ lost_days }}' day
        and coalesce(homes.housed_on < last_stays.left_shelter_on, true)
        and contacts.contact_kind in ('outreach', 'encampment_operation')

),

emergency_days as (

    select
        person_id,
        contacted_on,
        days_ago,
        count(*) over (
            partition by person_id
            order by contacted_on
            range between interval '29' day preceding and current row
        ) as n_in_month
    from (
        select distinct
            person_id,
            contacted_on,
            days_ago
        from contacts
        where
            contact_kind in (
                'crisis', 'overdose', 'psychiatric_emergency', 'emergency_department'
            )
            and days_ago < 365
    ) as used

),

high_users as (

    select person_id
    from emergency_days
    group by person_id
    having
        count(*) >= {{ emergencies_in_year }}
        or max(case when days_ago < 90 then n_in_month end)
        >= {{ emergencies_in_month }}

),

without_lead as (

    select
        contacts.person_id,
        contacts.department,
        max(contacts.contacted_on) as evidence_on,
        count(*) over (partition by contacts.person_id) as n_departments
    from contacts
    inner join people
        on contacts.person_id = people.person_id
    where people.lead_team_code is null and contacts.days_ago < 90
    group by contacts.person_id, contacts.department

),

evidence as (

    select
        person_id,
        'several_departments_in_crisis' as reason,
        evidence_on
    from several_departments
    union all
    select
        person_id,
        'repeat_crisis' as reason,
        occurred_on as evidence_on
    from crises_in_order
    where occurred_on <= previous_on + interval '{{ crisis_days }}' day
    union all
    select
        person_id,
        'overdose_without_follow_up' as reason,
        evidence_on
    from overdoses
    union all
    select
        person_id,
        'refused_then_offered_again' as reason,
        evidence_on
    from offered_again
    union all
    select
        person_id,
        'promise_not_kept' as reason,
        evidence_on
    from promises
    union all
    select
        person_id,
        'shelter_lost' as reason,
        evidence_on
    from shelters_lost
    union all
    select
        emergency_days.person_id,
        'high_use' as reason,
        emergency_days.contacted_on as evidence_on
    from emergency_days
    inner join high_users
        on emergency_days.person_id = high_users.person_id
    union all
    select
        person_id,
        'no_lead_team' as reason,
        evidence_on
    from without_lead
    where n_departments > 1

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
