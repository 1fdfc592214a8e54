-- One row per patient care report of a street team, met or not met.
-- An overdose is an opioid poisoning or use code together with naloxone, or the
-- poisoning code alone; a visit by appointment (mobile integrated health) is follow-up.

{% set opioid_poisoning = "(^|;)T40[.][0-46].[1-4](A|;|$)" %}

with reports as (

    select
        report_id,
        incident_number,
        call_sign,
        service_requested_code,
        impression_codes,
        medication_codes,
        unit_disposition_code,
        contacted_at,
        contacted_on
    from {{ ref("stg_fire__epcr") }}

),

call_signs as (

    select
        call_sign_like,
        team_code
    from {{ ref("epcr_call_sign") }}

),

dispositions as (

    select
        code,
        contact_made
    from {{ ref("nemsis_disposition_map") }}
    where element = 'eDisposition.27'

),

situations as (

    select
        report_id,
        case
            when regexp_matches(impression_codes, '{{ opioid_poisoning }}')
                then 'overdose'
            when
                impression_codes like '%F11%'
                and ';' || medication_codes || ';' like '%;7242;%'
                then 'overdose'
            else 'crisis'
        end as situation,
        coalesce(service_requested_code = '2205031', false) as is_by_appointment
    from reports

),

kinds as (

    select
        team_code,
        situation,
        is_by_appointment,
        contact_kind
    from {{ ref("epcr_contact_kind") }}

)

select
    reports.report_id as source_report_id,
    'fire:epcr:' || reports.report_id as client_record_id,
    'epcr' as source_system,
    call_signs.team_code,
    coalesce(
        kinds.contact_kind,
        case when situations.is_by_appointment then 'follow_up' end,
        situations.situation
    ) as contact_kind,
    reports.contacted_at,
    reports.contacted_on,
    'second' as time_precision,
    false as is_ambiguous_time,
    reports.incident_number,
    coalesce(dispositions.contact_made = 1, true) as is_contact_made,
    cast(null as varchar) as neighborhood
from reports
inner join situations
    on reports.report_id = situations.report_id
left join call_signs
    on reports.call_sign like call_signs.call_sign_like
left join dispositions
    on reports.unit_disposition_code = dispositions.code
left join kinds
    on
        call_signs.team_code = kinds.team_code
        and situations.situation = kinds.situation
        and situations.is_by_appointment = kinds.is_by_appointment
