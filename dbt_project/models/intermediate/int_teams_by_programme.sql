-- One row per team or care site: the programme it is counted under.

with teams as (

    select
        team_code,
        is_street_team,
        is_care_site,
        is_hospital
    from {{ ref("int_teams") }}

)

select
    team_code,
    case
        when bool_or(is_street_team) then 'street_teams'
        when bool_or(is_hospital) then 'hospitals'
        when bool_or(is_care_site) then 'clinics'
        else 'ambulances'
    end as programme
from teams
group by team_code
