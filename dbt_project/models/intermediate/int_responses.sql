-- One row per code set, incident and team (department) sent to it: who was found?
-- An incident is one response however many units went: what one unit found goes before
-- what another did not, and both before a disposition that says neither. Each code set
-- stands alone: on 2023-05-24 the EMS Agency took GOA and the refusals out of the Fire
-- Department's dispatch codes.

{% set codes_changed_on = "2023-05-24" %}

with police_calls as (

    select
        cad_number,
        duplicate_of_cad_number,
        agency,
        disposition_code,
        received_on
    from {{ ref("stg_dem__cad_calls") }}

),

police_dispositions as (

    select
        code,
        resolution
    from {{ ref("sf_cad_le_disposition_map") }}

),

fire_units as (

    select
        call_number,
        final_disposition,
        received_on
    from {{ ref("stg_fire__calls") }}

),

fire_dispositions as (

    select
        call_final_disposition,
        resolution
    from {{ ref("sf_fire_call_disposition_map") }}

),

reports as (

    select
        report_id,
        incident_number,
        call_sign,
        unit_disposition_code,
        contacted_on
    from {{ ref("stg_fire__epcr") }}
    where coalesce(service_requested_code <> '2205031', true)

),

call_signs as (

    select
        call_sign_like,
        team_code
    from {{ ref("epcr_call_sign") }}

),

report_dispositions as (

    select
        code,
        category
    from {{ ref("nemsis_disposition_map") }}
    where element = 'eDisposition.27'

),

results as (

    select
        resolution,
        response_result
    from {{ ref("response_result") }}

),

teams as (

    select distinct
        team_code,
        department
    from {{ ref("int_teams") }}

),

units as (

    select
        'police_dispatch' as code_set,
        police_calls.cad_number as incident,
        coalesce(teams.department, lower(police_calls.agency)) as department,
        teams.team_code,
        police_calls.received_on as dispatched_on,
        case
            when police_calls.duplicate_of_cad_number is not null then 'duplicate'
            else coalesce(police_dispositions.resolution, 'open')
        end as resolution
    from police_calls
    left join police_dispositions
        on police_calls.disposition_code = police_dispositions.code
    left join teams
        on police_calls.agency = teams.team_code
    union all
    select
        case
            when fire_units.received_on < date '{{ codes_changed_on }}'
                then 'ems_dispatch_until_2023_05_23'
            else 'ems_dispatch_since_2023_05_24'
        end as code_set,
        fire_units.call_number as incident,
        'fire' as department,
        cast(null as varchar) as team_code,
        fire_units.received_on as dispatched_on,
        coalesce(fire_dispositions.resolution, 'open') as resolution
    from fire_units
    left join fire_dispositions
        on fire_units.final_disposition = fire_dispositions.call_final_disposition
    union all
    select
        'care_reports' as code_set,
        coalesce(reports.incident_number, reports.report_id) as incident,
        'fire' as department,
        call_signs.team_code,
        reports.contacted_on as dispatched_on,
        coalesce(report_dispositions.category, 'open') as resolution
    from reports
    left join call_signs
        on reports.call_sign like call_signs.call_sign_like
    left join report_dispositions
        on reports.unit_disposition_code = report_dispositions.code

),

responses as (

    select
        units.code_set,
        units.incident,
        units.department,
        units.team_code,
        min(units.dispatched_on) as dispatched_on,
        count(*) as n_units,
        bool_or(results.response_result is null) as is_answered,
        bool_or(results.response_result = 'nobody_found') as is_nobody_found,
        bool_or(results.response_result = 'other') as is_other,
        bool_or(results.response_result = 'cancelled') as is_cancelled,
        bool_and(results.response_result = 'not_a_response') as is_duplicate
    from units
    left join results
        on units.resolution = results.resolution
    group by units.code_set, units.incident, units.department, units.team_code

)

select
    {{ hashed_key(["code_set", "incident", "department", "coalesce(team_code, '')"]) }}
        as response_id,
    code_set,
    department,
    team_code,
    dispatched_on,
    n_units,
    case
        when is_answered then 'answered'
        when is_nobody_found then 'nobody_found'
        when is_other then 'answered'
        when is_cancelled then 'cancelled'
        when coalesce(is_duplicate, false) then 'not_a_response'
        else 'not_known'
    end as response_result
from responses
