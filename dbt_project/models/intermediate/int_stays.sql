-- One row per stay in a shelter or in permanent housing: from when to when.
-- In permanent housing a stay begins with the move-in, not with the enrolment. One that
-- ends before it begins lasted, as far as anybody knows, the day on which it began.

with enrolments as (

    select
        enrollment_id,
        project_id,
        personal_id,
        entry_date,
        move_in_date
    from {{ ref("stg_hsh__enrollment") }}

),

exits as (

    select
        enrollment_id,
        exit_date
    from {{ ref("int_exits") }}

),

projects as (

    select
        project_id,
        case service_family
            when 'permanent' then 'permanent_housing' else service_family
        end as stay_kind,
        shelter_type
    from {{ ref("int_projects") }}
    where service_family in ('shelter', 'permanent')

),

crosswalk as (

    select
        source_client_record_id,
        client_record_id
    from {{ ref("int_client_record_crosswalk") }}

),

stays as (

    select
        enrolments.enrollment_id,
        crosswalk.client_record_id,
        projects.stay_kind,
        projects.shelter_type,
        case projects.stay_kind
            when 'shelter' then enrolments.entry_date else enrolments.move_in_date
        end as entered_on,
        exits.exit_date
    from enrolments
    inner join projects
        on enrolments.project_id = projects.project_id
    inner join crosswalk
        on 'hsh:hmis:' || enrolments.personal_id = crosswalk.source_client_record_id
    left join exits
        on enrolments.enrollment_id = exits.enrollment_id

)

select
    enrollment_id,
    client_record_id,
    stay_kind,
    shelter_type,
    entered_on,
    case when exit_date < entered_on then entered_on else exit_date end as left_on
from stays
where entered_on is not null
