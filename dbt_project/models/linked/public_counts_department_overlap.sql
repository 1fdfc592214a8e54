-- One row per period, number and set of departments that met the same people, with
-- sums over the sets and over all. Not suppressed.

with people as (

    select
        periods.period_kind,
        periods.period,
        contacts.person_id,
        cast(count(distinct contacts.department) as varchar) as n_departments,
        {{ joined_values("contacts.department") }} as departments
    from {{ ref("contacts") }} as contacts
    inner join {{ ref("public_periods") }} as periods
        on contacts.contacted_on between periods.first_on and periods.last_on
    where contacts.is_linked and contacts.is_contact_made
    group by periods.period_kind, periods.period, contacts.person_id

)

select
    period_kind,
    period,
    coalesce(n_departments, 'all') as n_departments,
    coalesce(departments, 'all') as departments,
    count(*) as n_people
from people
group by grouping sets (
    (period_kind, period, n_departments, departments),
    (period_kind, period, n_departments),
    (period_kind, period)
)
