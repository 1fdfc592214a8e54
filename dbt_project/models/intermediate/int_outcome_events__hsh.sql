-- One row per outcome event in HMIS: shelter entry, permanent housing, return, death.
-- A move into a home is told by the move-in, by an exit to permanent housing, or by
-- both: outreach back-dates the exit of an idle client, up to 90 days before the
-- move-in. Then the move-in speaks. A return is the first enrolment in a homeless
-- project after the client left the home, and more than 14 days after the move. An exit
-- before the entry is no move; a death it tells of stays told, for stewards to look at.

{% set days_to_move_in = 90 %}
{% set days_to_settle = 14 %}

with homes as (

    select
        enrollment_id,
        client_record_id,
        entered_on,
        left_on
    from {{ ref("int_stays") }}
    where stay_kind = 'permanent_housing'

),

enrolments as (

    select
        enrolments.enrollment_id,
        crosswalk.client_record_id,
        enrolments.entry_date,
        projects.is_homeless_project
    from {{ ref("stg_hsh__enrollment") }} as enrolments
    inner join {{ ref("int_client_record_crosswalk") }} as crosswalk
        on 'hsh:hmis:' || enrolments.personal_id = crosswalk.source_client_record_id
    inner join {{ ref("int_projects") }} as projects
        on enrolments.project_id = projects.project_id

),

exits as (

    select
        exits.exit_id,
        exits.enrollment_id,
        enrolments.client_record_id,
        exits.exit_date,
        destinations.is_permanent = 1
        and exits.exit_date >= enrolments.entry_date as is_permanent,
        destinations.situation_group = 'deceased' as is_deceased
    from {{ ref("stg_hsh__exit") }} as exits
    inner join enrolments
        on exits.enrollment_id = enrolments.enrollment_id
    inner join {{ ref("hmis_destination_outcome") }} as destinations
        on exits.destination_code = destinations.destination_code

),

moves as (

    select
        client_record_id,
        entered_on as housed_on,
        coalesce(left_on, date '9999-12-31') as left_on,
        'move_in:' || enrollment_id as source_event_id
    from homes
    union all
    select
        exits.client_record_id,
        exits.exit_date as housed_on,
        exits.exit_date as left_on,
        'exit:' || exits.exit_id as source_event_id
    from exits
    where
        exits.is_permanent
        and not exists (
            select 1
            from homes
            where
                homes.client_record_id = exits.client_record_id
                and (
                    homes.enrollment_id = exits.enrollment_id
                    or homes.entered_on
                    between exits.exit_date - interval '{{ days_to_settle }}' day
                    and exits.exit_date + interval '{{ days_to_move_in }}' day
                )
        )

),

spells as (

    select
        *,
        lead(housed_on) over (
            partition by client_record_id
            order by housed_on, source_event_id
        ) as next_housed_on
    from moves

),

returns as (

    select
        spells.client_record_id,
        spells.source_event_id,
        min(enrolments.entry_date) as returned_on
    from spells
    inner join enrolments
        on
            spells.client_record_id = enrolments.client_record_id
            and spells.housed_on + interval '{{ days_to_settle }}' day
            < enrolments.entry_date
            and spells.left_on <= enrolments.entry_date
            and coalesce(spells.next_housed_on, date '9999-12-31')
            > enrolments.entry_date
    where enrolments.is_homeless_project
    group by spells.client_record_id, spells.source_event_id

)

select
    client_record_id as source_client_record_id,
    'shelter_entry' as outcome_type,
    entered_on as occurred_on,
    'entry:' || enrollment_id as source_event_id,
    false as is_part2
from {{ ref("int_stays") }}
where stay_kind = 'shelter'
union all
select
    client_record_id as source_client_record_id,
    'permanent_housing_exit' as outcome_type,
    housed_on as occurred_on,
    source_event_id,
    false as is_part2
from moves
union all
select
    client_record_id as source_client_record_id,
    'return_to_homelessness' as outcome_type,
    returned_on as occurred_on,
    'return:' || source_event_id as source_event_id,
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
