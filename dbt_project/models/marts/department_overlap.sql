-- One row per year and set of departments that met the same people in it.

with contacts as (

    select
        person_id,
        department,
        cast(extract(year from contacted_on) as integer) as contact_year,
        data_through
    from {{ ref("contacts") }}
    where is_linked and is_contact_made

),

people as (

    select
        contact_year,
        person_id,
        {{ joined_values("department") }} as departments,
        count(distinct department) as n_departments,
        count(*) as n_contacts,
        max(data_through) as data_through
    from contacts
    group by contact_year, person_id

),

sets as (

    select
        contact_year,
        departments,
        n_departments,
        count(*) as n_persons,
        sum(n_contacts) as n_contacts,
        max(data_through) as data_through
    from people
    group by contact_year, departments, n_departments

)

select
    contact_year,
    departments,
    n_departments,
    n_persons,
    cast(n_contacts as bigint) as n_contacts,
    n_persons / sum(n_persons) over (partition by contact_year) as share_of_persons,
    data_through
from sets
