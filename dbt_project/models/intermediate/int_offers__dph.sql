-- One row per service the health department requested for a client.

with requests as (

    select
        service_request_id,
        patient_id,
        encounter_id,
        status,
        code,
        authored_on
    from {{ ref("stg_dph__service_request") }}

),

statuses as (

    select
        status,
        offer_status
    from {{ ref("fhir_servicerequest_status_map") }}

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
    statuses.offer_status,
    case when statuses.offer_status = 'declined' then 'client' end as declined_by,
    cast(null as varchar) as decline_reason,
    case when statuses.offer_status = 'fulfilled' then requests.authored_on end
        as fulfilled_on
from requests
inner join statuses
    on requests.status = statuses.status
inner join kinds
    on requests.code = kinds.code
