-- One row per patient care report and thing offered: transport, care, buprenorphine.
-- Refusal is read from the report, never from dispatch: there it vanished 2023-05-24.
-- Where no patient was met (.27) nothing was offered, whatever else the report says.
-- The reason for release (.31) tells more than "no transport" (.30) and goes before it;
-- of several the first that says anything of an offer, as a DNR order does not.

with reports as (

    select
        report_id,
        contacted_on,
        care_code,
        transport_code,
        refusal_code,
        medication_codes
    from {{ ref("stg_fire__epcr") }}
    where coalesce(unit_disposition_code, '4227001') = '4227001'

),

meanings as (

    select
        element,
        code,
        service_type,
        offer_status,
        category
    from {{ ref("nemsis_disposition_map") }}
    where offer_status is not null

),

reasons as (

    select
        reports.report_id,
        meanings.offer_status,
        meanings.category,
        list_position(string_split(reports.refusal_code, ';'), meanings.code) as place
    from reports
    inner join meanings
        on
            meanings.element = 'eDisposition.31'
            and list_contains(string_split(reports.refusal_code, ';'), meanings.code)

),

releases as (

    select
        report_id,
        min_by(offer_status, place) as offer_status,
        min_by(category, place) as category
    from reasons
    group by report_id

),

transports as (

    select
        reports.report_id,
        reports.contacted_on,
        'transport' as service_type,
        case
            when moves.offer_status = 'fulfilled' then 'fulfilled'
            else coalesce(releases.offer_status, moves.offer_status)
        end as offer_status,
        releases.category as reason
    from reports
    left join meanings as moves
        on
            moves.element = 'eDisposition.30'
            and reports.transport_code = moves.code
    left join releases
        on reports.report_id = releases.report_id

),

offers as (

    select
        report_id,
        contacted_on,
        service_type,
        offer_status,
        reason
    from transports
    where offer_status is not null
    union all
    select
        reports.report_id,
        reports.contacted_on,
        meanings.service_type,
        meanings.offer_status,
        cast(null as varchar) as reason
    from reports
    inner join meanings
        on
            meanings.element = 'eDisposition.28'
            and reports.care_code = meanings.code
    union all
    select
        report_id,
        contacted_on,
        'moud' as service_type,
        'fulfilled' as offer_status,
        cast(null as varchar) as reason
    from reports
    where ';' || medication_codes || ';' like '%;1819;%'

)

select
    report_id || ':' || service_type as source_offer_id,
    report_id as source_report_id,
    'fire:epcr:' || report_id as client_record_id,
    service_type,
    cast(null as varchar) as shelter_type,
    contacted_on as offered_on,
    offer_status,
    case when offer_status = 'declined' then 'client' end as declined_by,
    case when offer_status = 'declined' then reason end as decline_reason,
    case when offer_status = 'fulfilled' then contacted_on end as fulfilled_on
from offers
