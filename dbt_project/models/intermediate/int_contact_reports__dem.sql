-- One row per entry of the street teams' contact log, under the team it names.

with entries as (

    select
        contact_id,
        team_label,
        contacted_at,
        contacted_on,
        time_precision,
        is_ambiguous_time,
        incident_number,
        is_contact_made,
        neighborhood
    from {{ ref("stg_dem__team_log") }}

),

teams as (

    select
        team_label,
        team_code,
        contact_kind
    from {{ ref("team_log_team") }}

)

select
    entries.contact_id as source_report_id,
    'dem:team_log:' || entries.contact_id as client_record_id,
    'team_log' as source_system,
    teams.team_code,
    teams.contact_kind,
    entries.contacted_at,
    entries.contacted_on,
    entries.time_precision,
    entries.is_ambiguous_time,
    entries.incident_number,
    entries.is_contact_made,
    entries.neighborhood
from entries
left join teams
    on entries.team_label = teams.team_label
