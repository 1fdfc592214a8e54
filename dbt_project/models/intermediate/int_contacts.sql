-- One row per contact: a team and a client met, or tried to, at one time.
-- Of several reports the one that identifies the client best speaks for the contact.

with reports as (

    select *
    from {{ ref("int_contact_reports") }}

),

members as (

    select
        report_key,
        contact_id
    from {{ ref("int_contact_members") }}

),

ranked as (

    select
        reports.*,
        members.contact_id,
        row_number() over (
            partition by members.contact_id
            order by reports.is_identified desc, reports.source_system asc
        ) as voice,
        count(*) over (partition by members.contact_id) as n_reports,
        bool_or(reports.is_contact_made) over (
            partition by members.contact_id
        ) as is_contact_made_by_any,
        string_agg(
            reports.source_system || ':' || reports.source_report_id, ';'
        ) over (
            partition by members.contact_id
            order by reports.source_system
            rows between unbounded preceding and unbounded following
        ) as source_contact_ids
    from reports
    inner join members
        on reports.report_key = members.report_key

)

select
    contact_id,
    client_record_id,

    department,
    source_system,
    team_code,
    contact_kind,

    contacted_at,
    contacted_on,
    time_precision,
    is_ambiguous_time,

    incident_number,
    is_contact_made_by_any as is_contact_made,
    neighborhood,
    n_reports,
    source_contact_ids
from ranked
where voice = 1
