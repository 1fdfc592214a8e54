-- One row per year and set of departments that met the same people in it.

with contacts as (

    select
        person_id,
        department,
        cast(extract(year from contacted_on) as integer) as contact_year,
        data_through
    from {{ ref("contacts") }}
    where is_contact_made and contacted_on <= data_through

),

not_linked as (

    select
        contact_year,
        1 - count(person_id) / count(*) as share_not_linked
    from contacts
    group by contact_year

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
    where person_id is not null
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

),

shared as (

    select
        *,
        cast(sum(n_persons) over (partition by contact_year) as bigint)
            as n_persons_of_year
    from sets

)

select
    shared.contact_year,
    shared.departments,
    shared.n_departments,
    shared.n_persons,
    cast(shared.n_contacts as bigint) as n_contacts,
    shared.n_persons_of_year,
    shared.n_persons / shared.n_persons_of_year as share_of_persons,
    {{ wilson_low("shared.n_persons", "shared.n_persons_of_year") }}
        as share_of_persons_low,
    {{ wilson_high("shared.n_persons", "shared.n_persons_of_year") }}
        as share_of_persons_high,
    not_linked.share_not_linked,
    shared.data_through
from shared
inner join not_linked
    on shared.contact_year = not_linked.contact_year
