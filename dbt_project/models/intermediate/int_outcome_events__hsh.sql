-- One row per outcome event in HMIS: shelter entry, permanent housing, return, death.
-- A return is an enrolment in a homeless project after the client left for permanent
-- housing (HUD's measure 2 in spirit: after more than 14 days).

with crosswalk as (

    select
        source_client_record_id,
        client_record_id
    from {{ ref("int_client_record_crosswalk") }}

),

enrolments as (

    select
        enrolments.enrollment_id,
        crosswalk.client_record_id,
        enrolments.entry_date,
        enrolments.move_in_date,
        families.service_family,
        families.homeless_project
    from {{ ref("stg_hsh__enrollment") }} as enrolments
    inner join crosswalk
        on 'hsh:hmis:' || enrolments.personal_id = crosswalk.source_client_record_id
    inner join {{ ref("stg_hsh__project") }} as projects
        on enrolments.project_id = projects.project_id
    inner join {{ ref("hmis_project_type") }} as families
        on projects.project_type_code = families.project_type_code

),

exits as (

    select
        exits.exit_id,
        enrolments.client_record_id,
        exits.exit_date,
        destinations.is_permanent = 1 as is_permanent,
        destinations.situation_group = 'deceased' as is_deceased
    from {{ ref("stg_hsh__exit") }} as exits
    inner join enrolments
        on exits.enrollment_id = enrolments.enrollment_id
    inner join {{ ref("hmis_destination_outcome") }} as destinations
        on exits.destination_code = destinations.destination_code

),

housed as (

    select
        client_record_id,
        exit_date as housed_on,
        'exit:' || exit_id as source_event_id
    from exits
    where is_permanent
    union all
    select
        client_record_id,
        move_in_date as housed_on,
        'move_in:' || enrollment_id as source_event_id
    from enrolments
    where service_family = 'permanent' and move_in_date is not null

),

returns as (

    select
        enrolments.client_record_id,
        enrolments.enrollment_id,
        enrolments.entry_date
    from enrolments
    where
        enrolments.homeless_project = 1
        and exists (
            select 1
            from housed
            where
                housed.client_record_id = enrolments.client_record_id
                and enrolments.entry_date > housed.housed_on + interval '14' day
        )

)

select
    client_record_id as source_client_record_id,
    'shelter_entry' as outcome_type,
    entry_date as occurred_on,
    'entry:' || enrollment_id as source_event_id,
    false as is_part2
from enrolments
where service_family = 'shelter'
union all
select
    client_record_id as source_client_record_id,
    'permanent_housing_exit' as outcome_type,
    housed_on as occurred_on,
    source_event_id,
    false as is_part2
from housed
union all
select
    client_record_id as source_client_record_id,
    'return_to_homelessness' as outcome_type,
    entry_date as occurred_on,
    'return:' || enrollment_id as source_event_id,
    false as is_part2
from returns
union all
select
    client_record_id as source_client_record_id,
    'death' as outcome_type,
    exit_date as occurred_on,
    'exit:' || exit_id as source_event_id,
    false as is_part2
from exits
where is_deceased
