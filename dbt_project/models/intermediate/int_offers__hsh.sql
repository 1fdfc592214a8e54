-- One row per offer HMIS holds: a coordinated-entry event, or a PATH referral.
-- The result says who turned it down; "no availability" and "ineligible" are events,
-- and concern shelter only where they name one. HMIS does not tell "still open" from
-- "nobody wrote down what came of it": after 30 days without a result it is unknown.

{% set days_to_answer = 30 %}

with contacts as (

    select
        enrollment_id,
        information_date,
        min(current_living_situation_id) as source_report_id
    from {{ ref("stg_hsh__current_living_situation") }}
    group by enrollment_id, information_date

),

written as (

    select
        'event' as written_as,
        'event:' || event_id as source_offer_id,
        enrollment_id,
        personal_id,
        event_code as code,
        referral_result_code as result_code,
        location_project,
        event_date as offered_on
    from {{ ref("stg_hsh__event") }}
    union all
    select
        'path_referral' as written_as,
        'service:' || service_id as source_offer_id,
        enrollment_id,
        personal_id,
        type_provided as code,
        referral_outcome_code as result_code,
        cast(null as varchar) as location_project,
        provided_on as offered_on
    from {{ ref("stg_hsh__services") }}
    where record_type = '161'

),

services as (

    select
        written_as,
        code,
        service_type,
        service_type_without_shelter,
        status_without_result
    from {{ ref("hmis_offer_service") }}

),

results as (

    select
        written_as,
        result_code,
        offer_status,
        declined_by
    from {{ ref("hmis_offer_result") }}

),

projects as (

    select
        project_id,
        shelter_type
    from {{ ref("int_projects") }}

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'hsh_hmis'

),

offers as (

    select
        written.source_offer_id,
        contacts.source_report_id,
        'hsh:hmis:' || written.personal_id as client_record_id,
        case
            when projects.shelter_type is null
                then services.service_type_without_shelter
            else services.service_type
        end as service_type,
        projects.shelter_type,
        written.offered_on,
        case
            when
                written.result_code is null
                or services.status_without_result in ('ineligible', 'no_capacity')
                then services.status_without_result
            else coalesce(results.offer_status, 'unknown')
        end as offer_status,
        results.declined_by,
        today.data_through - interval '{{ days_to_answer }}' day as answered_by
    from written
    inner join services
        on
            written.written_as = services.written_as
            and written.code = services.code
    left join results
        on
            written.written_as = results.written_as
            and written.result_code = results.result_code
    left join projects
        on written.location_project = projects.project_id
    left join contacts
        on
            written.enrollment_id = contacts.enrollment_id
            and written.offered_on = contacts.information_date
    left join today
        on true

)

select
    source_offer_id,
    source_report_id,
    client_record_id,
    service_type,
    case when service_type = 'shelter' then shelter_type end as shelter_type,
    offered_on,
    case
        when offer_status = 'pending' and offered_on <= answered_by then 'unknown'
        else offer_status
    end as offer_status,
    case when offer_status in ('declined', 'not_fulfilled') then declined_by end
        as declined_by,
    cast(null as varchar) as decline_reason,
    case when offer_status = 'fulfilled' then offered_on end as fulfilled_on
from offers
