-- One row per person and 12 months: how many departments met the person, and for how
-- many of these days anybody could have.

with periods as (

    select
        person_id,
        period_ends_on,
        n_departments,
        departments,
        n_contacts,
        watched_from,
        watched_through,
        person_days
    from {{ ref("departments_by_person_period") }}
    where link_threshold = 'default'

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

)

select
    periods.person_id,
    periods.period_ends_on,

    periods.n_departments,
    periods.departments,
    periods.n_contacts,

    periods.watched_from,
    periods.watched_through,
    periods.person_days,
    today.data_through
from periods
cross join today
