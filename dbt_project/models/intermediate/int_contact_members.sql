-- One row per report of a contact: which contact it tells of.
-- Two systems of one team report one incident as one contact. They are paired by the
-- incident number, in order of time when there are several; what is left over by
-- nearness: a misheard number does not make a second contact.

{% set near_minutes = 30 %}

with reports as (

    select
        report_key,
        source_system,
        team_code,
        incident_number,
        contacted_at,
        time_precision
    from {{ ref("int_contact_reports") }}

),

numbered as (

    select
        report_key,
        source_system,
        team_code,
        incident_number,
        contacted_at,
        row_number() over (
            partition by incident_number, team_code, source_system
            order by contacted_at, report_key
        ) as place
    from reports
    where
        incident_number is not null
        and team_code is not null
        and time_precision <> 'day'

),

by_number as (

    select
        log_reports.report_key,
        care_reports.report_key as contact_key
    from numbered as log_reports
    inner join numbered as care_reports
        on
            log_reports.incident_number = care_reports.incident_number
            and log_reports.team_code = care_reports.team_code
            and log_reports.place = care_reports.place
    where log_reports.source_system = 'team_log' and care_reports.source_system = 'epcr'

),

unpaired as (

    select
        reports.report_key,
        reports.source_system,
        reports.team_code,
        reports.contacted_at
    from reports
    where
        reports.time_precision <> 'day'
        and reports.source_system in ('team_log', 'epcr')
        and not exists (
            select 1
            from by_number
            where
                by_number.report_key = reports.report_key
                or by_number.contact_key = reports.report_key
        )

),

near as (

    select
        log_reports.report_key,
        care_reports.report_key as contact_key,
        row_number() over (
            partition by log_reports.report_key
            order by
                abs(
                    date_diff(
                        'second', log_reports.contacted_at, care_reports.contacted_at
                    )
                ),
                care_reports.report_key
        ) as log_choice,
        row_number() over (
            partition by care_reports.report_key
            order by
                abs(
                    date_diff(
                        'second', log_reports.contacted_at, care_reports.contacted_at
                    )
                ),
                log_reports.report_key
        ) as care_choice
    from unpaired as log_reports
    inner join unpaired as care_reports
        on
            log_reports.team_code = care_reports.team_code
            and care_reports.contacted_at
            between log_reports.contacted_at - interval '{{ near_minutes }}' minute
            and log_reports.contacted_at + interval '{{ near_minutes }}' minute
    where log_reports.source_system = 'team_log' and care_reports.source_system = 'epcr'

),

pairs as (

    select
        report_key,
        contact_key
    from by_number
    union all
    select
        report_key,
        contact_key
    from near
    where log_choice = 1 and care_choice = 1

)

select
    reports.report_key,
    coalesce(pairs.contact_key, reports.report_key) as contact_id
from reports
left join pairs
    on reports.report_key = pairs.report_key
