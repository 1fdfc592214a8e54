-- One row per HMIS project: its family of service, and its type if it is a shelter.
-- HUD has no column for the type of shelter; the city keeps it in the common name.

with projects as (

    select
        project_id,
        project_common_name,
        project_type_code
    from {{ ref("stg_hsh__project") }}

),

families as (

    select
        project_type_code,
        service_family,
        homeless_project = 1 as is_homeless_project
    from {{ ref("hmis_project_type") }}

),

shelters as (

    select
        project_common_name,
        shelter_type
    from {{ ref("hmis_shelter_type") }}

)

select
    projects.project_id,
    families.service_family,
    coalesce(families.is_homeless_project, false) as is_homeless_project,
    shelters.shelter_type
from projects
left join families
    on projects.project_type_code = families.project_type_code
left join shelters
    on projects.project_common_name = shelters.project_common_name
