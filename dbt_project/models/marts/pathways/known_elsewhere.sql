-- One row per department and set of other departments: how many of the people it holds
-- a record of are known to exactly these others too. Who else knows this person?

with links as (

    select
        links.link_threshold,
        links.client_record_id,
        links.person_id,
        records.department
    from {{ ref("links_by_threshold") }} as links
    inner join {{ ref("int_client_records") }} as records
        on links.client_record_id = records.client_record_id

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

not_linked as (

    select
        department,
        count(case when person_id is null then 1 end) / count(*) as share_not_linked
    from links
    where link_threshold = 'default'
    group by department

),

people as (

    select
        link_threshold,
        person_id,
        list_sort(list(distinct department)) as departments
    from links
    where person_id is not null
    group by link_threshold, person_id

),

known as (

    select
        link_threshold,
        departments,
        unnest(departments) as department
    from people

),

sets as (

    select
        link_threshold,
        department,
        cast(len(departments) - 1 as bigint) as n_other_departments,
        case
            when len(departments) = 1 then 'none'
            else
                array_to_string(
                    list_filter(departments, lambda other: other <> department), ';'
                )
        end as other_departments,
        count(*) as numerator
    from known
    group by link_threshold, department, departments

),

numbers as (

    select
        link_threshold,
        department,
        n_other_departments,
        'any' as other_departments,
        sum(numerator) as numerator
    from sets
    group by link_threshold, department, n_other_departments

),

known_to as (

    select *
    from sets
    union all
    select *
    from numbers

),

totals as (

    select
        link_threshold,
        department,
        sum(numerator) as n
    from sets
    group by link_threshold, department

),

grid as (

    select distinct
        department,
        n_other_departments,
        other_departments
    from known_to

),

counted as (

    select
        totals.link_threshold,
        grid.department,
        grid.n_other_departments,
        grid.other_departments,
        cast(totals.n as bigint) as n,
        cast(totals.n as bigint) as denominator,
        cast(coalesce(known_to.numerator, 0) as bigint) as numerator,
        not_linked.share_not_linked
    from grid
    inner join totals
        on grid.department = totals.department
    left join known_to
        on
            totals.link_threshold = known_to.link_threshold
            and grid.department = known_to.department
            and grid.n_other_departments = known_to.n_other_departments
            and grid.other_departments = known_to.other_departments
    left join not_linked
        on grid.department = not_linked.department

)

{{ rate_by_threshold(
    "counted", ["department", "n_other_departments", "other_departments"]
) }}
