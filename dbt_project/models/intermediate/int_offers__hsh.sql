-- One row per offer HMIS holds: a coordinated-entry event, or a PATH referral.
-- The result says who turned it down; "no availability" and "ineligible" are events.

with contacts as (

    select
        enrollment_id,
        information_date,
        min(current_living_situation_id) as source_report_id
    from {{ ref("stg_hsh__current_living_situation") }}
    group by enrollment_id, information_date

),

events as (

    select
        event_id,
        enrollment_id,
        personal_id,
        event_code,
        coalesce(referral_result_code, 'none') as referral_result_code,
        location_project,
        event_date,
        result_date
    from {{ ref("stg_hsh__event") }}

),

referrals as (

    select
        service_id,
        enrollment_id,
        personal_id,
        type_provided,
        coalesce(referral_outcome_code, 'none') as referral_outcome_code,
        provided_on
    from {{ ref("stg_hsh__services") }}
    where record_type = '161'

),

projects as (

    select
        project_id,
        shelter_type
    from {{ ref("int_projects") }}

),

results as (

    select
        referral_result_code,
        offer_status,
        declined_by
    from {{ ref("hmis_referral_result_offer_status") }}

),

outcomes as (

    select
        coalesce(referral_outcome_code, 'none') as referral_outcome_code,
        offer_status
    from {{ ref("hmis_path_referral_outcome_offer_status") }}

)

select
    'event:' || events.event_id as source_offer_id,
    contacts.source_report_id,
    'hsh:hmis:' || events.personal_id as client_record_id,
    kinds.service_type,
    case when kinds.service_type = 'shelter' then projects.shelter_type end
        as shelter_type,
    events.event_date as offered_on,
    case
        when
            kinds.status_without_result in ('pending', 'unknown')
            and events.referral_result_code <> 'none'
            then coalesce(results.offer_status, 'unknown')
        else kinds.status_without_result
    end as offer_status,
    results.declined_by,
    cast(null as varchar) as decline_reason,
    cast(null as date) as fulfilled_on
from events
inner join {{ ref("hmis_event_offer") }} as kinds
    on events.event_code = kinds.event_code
left join results
    on events.referral_result_code = results.referral_result_code
left join projects
    on events.location_project = projects.project_id
left join contacts
    on
        events.enrollment_id = contacts.enrollment_id
        and events.event_date = contacts.information_date
union all
select
    'service:' || referrals.service_id as source_offer_id,
    contacts.source_report_id,
    'hsh:hmis:' || referrals.personal_id as client_record_id,
    kinds.service_type,
    cast(null as varchar) as shelter_type,
    referrals.provided_on as offered_on,
    coalesce(outcomes.offer_status, 'unknown') as offer_status,
    cast(null as varchar) as declined_by,
    cast(null as varchar) as decline_reason,
    case when outcomes.offer_status = 'fulfilled' then referrals.provided_on end
        as fulfilled_on
from referrals
inner join {{ ref("hmis_path_referral_service") }} as kinds
    on referrals.type_provided = kinds.type_provided
left join outcomes
    on referrals.referral_outcome_code = outcomes.referral_outcome_code
left join contacts
    on
        referrals.enrollment_id = contacts.enrollment_id
        and referrals.provided_on = contacts.information_date
