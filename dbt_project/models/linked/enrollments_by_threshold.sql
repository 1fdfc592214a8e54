-- One row per HMIS enrolment and linkage threshold: whose it is there, how it ended.

with enrolments as (

    select
        enrollment_id,
        personal_id,
        project_id,
        household_id,
        relationship_to_head,
        entry_date,
        engaged_on,
        move_in_date
    from {{ ref("stg_hsh__enrollment") }}

),

exits as (

    select
        enrollment_id,
        exit_date,
        destination_code
    from {{ ref("int_exits") }}

),

projects as (

    select
        project_id,
        project_type_code
    from {{ ref("stg_hsh__project") }}

),

project_types as (

    select
        project_type_code,
        short_code,
        service_family,
        spm_universe = 1 as is_spm_universe,
        homeless_project = 1 as is_homeless_project
    from {{ ref("hmis_project_type") }}

),

crosswalk as (

    select
        source_client_record_id,
        client_record_id
    from {{ ref("int_client_record_crosswalk") }}
    where not is_test_client

),

links as (

    select
        client_record_id,
        link_threshold,
        person_id
    from {{ ref("links_by_threshold") }}

)

select
    enrolments.enrollment_id,
    links.link_threshold,
    links.person_id,

    project_types.project_type_code,
    project_types.short_code as project_type,
    project_types.service_family,
    coalesce(project_types.is_spm_universe, false) as is_spm_universe,
    coalesce(project_types.is_homeless_project, false) as is_homeless_project,
    enrolments.household_id,
    coalesce(enrolments.relationship_to_head = '1', false) as is_head_of_household,

    enrolments.entry_date,
    enrolments.engaged_on,
    enrolments.move_in_date,
    exits.exit_date,
    exits.destination_code
from enrolments
inner join crosswalk
    on 'hsh:hmis:' || enrolments.personal_id = crosswalk.source_client_record_id
inner join links
    on crosswalk.client_record_id = links.client_record_id
left join projects
    on enrolments.project_id = projects.project_id
left join project_types
    on projects.project_type_code = project_types.project_type_code
left join exits
    on enrolments.enrollment_id = exits.enrollment_id
