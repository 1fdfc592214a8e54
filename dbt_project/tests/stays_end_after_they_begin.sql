-- Enrolments that end before they begin: a date of the two is wrong, and only HSH can
-- say which. A warning: staging keeps both as they were written; what is made of them
-- believes neither the end nor where the client went (int_exits).
{{ config(severity="warn") }}

select
    enrolments.enrollment_id,
    enrolments.entry_date,
    exits.exit_date
from {{ ref("stg_hsh__enrollment") }} as enrolments
inner join {{ ref("stg_hsh__exit") }} as exits
    on enrolments.enrollment_id = exits.enrollment_id
where exits.exit_date < enrolments.entry_date
