-- One row per department and other department (any): of its clients, who is theirs too.
-- Clients are the people a department met in the last 365 days.

{% set window_days = 365 %}

with today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

contacts as (

    select
        contacts.link_threshold,
        contacts.department,
        contacts.person_id,
        contacts.contacted_on
    from {{ ref("contacts_by_threshold") }} as contacts
    inner join today
        on
            contacts.contacted_on <= today.data_through
            and contacts.contacted_on
            > today.data_through - interval '{{ window_days }}' day
    where contacts.is_contact_made

),

days as (

    select distinct
        link_threshold,
        person_id,
        department,
        contacted_on
    from contacts
    where person_id is not null

),

clients as (

    select
        link_threshold,
        person_id,
        department,
        count(*) as n_days
    from days
    group by link_threshold, person_id, department

),

totals as (

    select
        link_threshold,
        department,
        count(*) as n_clients,
        sum(n_days) as n_days
    from clients
    group by link_threshold, department

),

-- Days on which others met a client of the department, and it did not itself.
elsewhere as (

    select
        clients.link_threshold,
        clients.department,
        days.department as other_department,
        days.person_id,
        days.contacted_on,
        own_days.contacted_on is not null as is_own_day
    from clients
    inner join days
        on
            clients.link_threshold = days.link_threshold
            and clients.person_id = days.person_id
            and clients.department <> days.department
    left join days as own_days
        on
            clients.link_threshold = own_days.link_threshold
            and clients.person_id = own_days.person_id
            and clients.department = own_days.department
            and days.contacted_on = own_days.contacted_on

),

known as (

    select
        link_threshold,
        department,
        coalesce(other_department, 'any') as other_department,
        count(distinct person_id) as n_known,
        count(distinct case when not is_own_day then (person_id, contacted_on) end)
            as person_days
    from elsewhere
    group by
        grouping sets (
            (link_threshold, department, other_department),
            (link_threshold, department)
        )

),

-- Every pair has a row at every threshold, also where nobody is known to both.
departments as (

    select distinct department
    from contacts

),

pairs as (

    select
        departments.department,
        knowing.department as other_department
    from departments
    inner join departments as knowing
        on departments.department <> knowing.department
    union all
    select
        department,
        'any' as other_department
    from departments

),

not_linked as (

    select
        department,
        count(case when person_id is null then 1 end) / count(*) as share_not_linked
    from contacts
    where link_threshold = 'default'
    group by department

),

counted as (

    select
        totals.link_threshold,
        pairs.department,
        pairs.other_department,
        totals.n_clients as n,
        totals.n_clients as denominator,
        coalesce(known.n_known, 0) as numerator,
        not_linked.share_not_linked,
        cast(totals.n_days as bigint) as n_seen_alone,
        cast(totals.n_days + coalesce(known.person_days, 0) as bigint)
            as n_seen_linked,
        coalesce(known.person_days, 0) as person_days
    from pairs
    inner join totals
        on pairs.department = totals.department
    inner join not_linked
        on pairs.department = not_linked.department
    left join known
        on
            pairs.department = known.department
            and pairs.other_department = known.other_department
            and totals.link_threshold = known.link_threshold

)

{{ rate_by_threshold(
    "counted",
    ["department", "other_department"],
    also=["n_seen_alone", "n_seen_linked", "person_days"]
) }}
