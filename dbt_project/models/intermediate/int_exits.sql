-- One row per HMIS enrolment that ended: when, and where the client went.
-- Of several exits the first that is not before the entry counts; where all are, the
-- enrolment lasted the day of its entry, and nobody knows where the client went.

with enrolments as (

    select
        enrollment_id,
        entry_date
    from {{ ref("stg_hsh__enrollment") }}

),

exits as (

    select
        exits.exit_id,
        exits.enrollment_id,
        exits.exit_date,
        exits.destination_code,
        enrolments.entry_date,
        coalesce(exits.exit_date < enrolments.entry_date, false) as is_before_entry
    from {{ ref("stg_hsh__exit") }} as exits
    left join enrolments
        on exits.enrollment_id = enrolments.enrollment_id
    where exits.exit_date is not null

),

ranked as (

    select
        *,
        row_number() over (
            partition by enrollment_id
            order by is_before_entry, exit_date, exit_id
        ) as exit_number
    from exits

)

select
    enrollment_id,
    exit_id,

    case when is_before_entry then entry_date else exit_date end as exit_date,
    case when not is_before_entry then destination_code end as destination_code,
    is_before_entry
from ranked
where exit_number = 1
