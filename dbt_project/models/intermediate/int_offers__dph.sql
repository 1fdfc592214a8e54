-- One row per service the health department requested for a client.
-- A request of a 42 CFR Part 2 programme, or made at a visit to one, is there only
-- on a day under a consent in force.

with requests as (

    select
        requests.service_request_id,
        requests.patient_id,
        requests.encounter_id,
        requests.status,
        coalesce(requests.result_code, 'none') as result,
        lower(requests.reason_text) as written_reason,
        requests.code,
        requests.authored_on,
        requests.fulfilled_on,
        requests.is_part2 or coalesce(encounters.is_part2, false) as is_part2
    from {{ ref("stg_dph__service_request") }} as requests
    left join {{ ref("stg_dph__encounter") }} as encounters
        on requests.encounter_id = encounters.encounter_id

),

consents as (

    select
        source_client_record_id,
        valid_from,
        valid_to
    from {{ ref("int_part2_consents") }}

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
            then
                case
                    when requests.written_reason is not null
                        then coalesce(reasons.decline_reason, 'other')
                end
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
left join consents
    on
        'dph:fhir:' || requests.patient_id = consents.source_client_record_id
        and {{ is_in_spell("requests.authored_on", "consents") }}
where not requests.is_part2 or consents.source_client_record_id is not null
