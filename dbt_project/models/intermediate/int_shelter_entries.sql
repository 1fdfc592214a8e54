-- One row per enrolment in a shelter, under the client record that holds it now.

with enrolments as (

    select
        enrollment_id,
        project_id,
        personal_id,
        entry_date
    from {{ ref("stg_hsh__enrollment") }}

),

projects as (

    select
        project_id,
        shelter_type
    from {{ ref("int_projects") }}
    where service_family = 'shelter'

),

crosswalk as (

    select
        source_client_record_id,
        client_record_id
    from {{ ref("int_client_record_crosswalk") }}

)

select
    enrolments.enrollment_id,
    crosswalk.client_record_id,
    projects.shelter_type,
    enrolments.entry_date
from enrolments
inner join projects
    on enrolments.project_id = projects.project_id
inner join crosswalk
    on 'hsh:hmis:' || enrolments.personal_id = crosswalk.source_client_record_id
