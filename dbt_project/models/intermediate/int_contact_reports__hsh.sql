-- One row per current living situation that an outreach project recorded: a contact.

with situations as (

    select
        current_living_situation_id,
        enrollment_id,
        personal_id,
        information_date,
        {{ text_value("split_part(location_details, ',', -1)") }} as neighborhood
    from {{ ref("stg_hsh__current_living_situation") }}

),

enrolments as (

    select
        enrollment_id,
        project_id
    from {{ ref("stg_hsh__enrollment") }}

),

projects as (

    select
        project_id,
        project_type_code
    from {{ ref("stg_hsh__project") }}

),

outreach as (

    select
        project_type_code,
        contact_team_code as team_code,
        contact_kind
    from {{ ref("hmis_project_type") }}
    where contact_kind is not null

)

select
    situations.current_living_situation_id as source_report_id,
    'hsh:hmis:' || situations.personal_id as client_record_id,
    'hmis' as source_system,
    outreach.team_code,
    outreach.contact_kind,
    {{ utc_from_local("cast(situations.information_date as timestamp)") }}
        as contacted_at,
    situations.information_date as contacted_on,
    'day' as time_precision,
    false as is_ambiguous_time,
    cast(null as varchar) as incident_number,
    true as is_contact_made,
    situations.neighborhood
from situations
inner join enrolments
    on situations.enrollment_id = enrolments.enrollment_id
inner join projects
    on enrolments.project_id = projects.project_id
inner join outreach
    on projects.project_type_code = outreach.project_type_code
