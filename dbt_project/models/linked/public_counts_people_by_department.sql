-- One row per period and department, and one for all: people met. Not suppressed.

with people as (

    select distinct
        periods.period_kind,
        periods.period,
        contacts.department,
        contacts.person_id
    from {{ ref("contacts") }} as contacts
    inner join {{ ref("public_periods") }} as periods
        on contacts.contacted_on between periods.first_on and periods.last_on
    where contacts.is_linked and contacts.is_contact_made

)

select
    period_kind,
    period,
    coalesce(department, 'all') as department,
    count(distinct person_id) as n_people
from people
group by grouping sets (
    (period_kind, period, department),
    (period_kind, period)
)
