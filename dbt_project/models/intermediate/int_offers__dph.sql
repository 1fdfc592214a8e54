-- One row per service the health department requested for a client.

with requests as (

    select
        service_request_id,
        patient_id,
        encounter_id,
        status,
        coalesce(result_code, 'none') as result,
        lower(reason_text) as written_reason,
        code,
        authored_on,
        fulfilled_on
    from {{ ref("stg_dph__service_request") }}

),

results as (

    select
        status,
        result,
        offer_status
    from {{ ref("fhir_service_request_result") }}

),

reasons as (

    select
        written_reason,
        decline_reason
    from {{ ref("decline_reason") }}

),

kinds as (

    select
        code,
        service_type,
        shelter_type
    from {{ ref("fhir_service_request_kind") }}

)

select
    requests.service_request_id as source_offer_id,
    requests.encounter_id as source_report_id,
    'dph:fhir:' || requests.patient_id as client_record_id,
    kinds.service_type,
    kinds.shelter_type,
    requests.authored_on as offered_on,
    coalesce(results.offer_status, 'unknown') as offer_status,
    case when results.offer_status = 'declined' then 'client' end as declined_by,
    case
        when results.offer_status = 'declined'
            then coalesce(reasons.decline_reason, 'other')
    end as decline_reason,
    case
        when results.offer_status = 'fulfilled'
            then coalesce(requests.fulfilled_on, requests.authored_on)
    end as fulfilled_on
from requests
inner join kinds
    on requests.code = kinds.code
left join results
    on
        requests.status = results.status
        and requests.result = results.result
left join reasons
    on requests.written_reason = reasons.written_reason
