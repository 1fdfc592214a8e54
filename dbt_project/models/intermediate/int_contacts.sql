-- One row per contact: a team and a client met, or tried to, at one time.
-- Of several reports the one that identifies the client best speaks for the contact.

with reports as (

    select
        report_key,
        client_record_id,
        department,
        source_system,
        source_report_id,
        team_code,
        contact_kind,
        contacted_at,
        contacted_on,
        time_precision,
        is_ambiguous_time,
        incident_number,
        is_identified,
        is_contact_made,
        neighborhood
    from {{ ref("int_contact_reports") }}

),

members as (

    select
        report_key,
        contact_id
    from {{ ref("int_contact_members") }}

),

voices as (

    select
        reports.report_key,
        members.contact_id,
        row_number() over (
            partition by members.contact_id
            order by
                reports.is_identified desc,
                reports.source_system asc,
                reports.report_key asc
        ) as voice
    from reports
    inner join members
        on reports.report_key = members.report_key

),

summed as (

    select
        members.contact_id,
        count(*) as n_reports,
        bool_or(reports.is_contact_made) as is_contact_made,
        string_agg(
            reports.source_system || ':' || reports.source_report_id, ';'
            order by reports.source_system, reports.source_report_id
        ) as source_contact_ids
    from reports
    inner join members
        on reports.report_key = members.report_key
    group by members.contact_id

)

select
    voices.contact_id,
    reports.client_record_id,

    reports.department,
    reports.source_system,
    reports.team_code,
    reports.contact_kind,

    reports.contacted_at,
    reports.contacted_on,
    reports.time_precision,
    reports.is_ambiguous_time,

    reports.incident_number,
    summed.is_contact_made,
    reports.neighborhood,
    summed.n_reports,
    summed.source_contact_ids
from voices
inner join reports
    on voices.report_key = reports.report_key
inner join summed
    on voices.contact_id = summed.contact_id
where voices.voice = 1
