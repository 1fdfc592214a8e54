-- One row per team or care site and spell of days it worked under that name.
-- valid_to is null while it lasts; join on the day of the contact.

with registry as (

    select
        team_code,
        team_name,
        department,
        valid_from,
        valid_to
    from {{ ref("sf_team_registry") }}

),

care_sites as (

    select
        team_code,
        team_name,
        department,
        is_hospital,
        is_care_site
    from {{ ref("care_sites") }}

)

select
    team_code,
    team_name,
    department,
    true as is_street_team,
    false as is_care_site,
    false as is_hospital,
    cast(valid_from as date) as valid_from,
    cast(valid_to as date) as valid_to
from registry
union all
select
    team_code,
    team_name,
    department,
    false as is_street_team,
    is_care_site,
    is_hospital,
    cast(null as date) as valid_from,
    cast(null as date) as valid_to
from care_sites
