-- One row per contact the street teams' log tells of: was it a warm hand-off?
-- Written at the contact: unlike an offer's status it does not know what came of it.

with entries as (

    select
        contact_id as source_report_id,
        is_warm_hand_off
    from {{ ref("stg_dem__team_log") }}

),

members as (

    select
        reports.source_report_id,
        members.contact_id
    from {{ ref("int_contact_reports") }} as reports
    inner join {{ ref("int_contact_members") }} as members
        on reports.report_key = members.report_key
    where reports.source_system = 'team_log'

)

select
    members.contact_id,
    case when bool_or(entries.is_warm_hand_off) then 'warm' else 'none' end as hand_off
from members
inner join entries
    on members.source_report_id = entries.source_report_id
group by members.contact_id
