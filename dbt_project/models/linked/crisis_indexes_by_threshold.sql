-- One row per index crisis or overdose and linkage threshold: the first contact of its
-- kind with a person, then each that comes more than 30 days after the last index.

{% set gap_days = 30 %}

with recursive contacts as (

    select
        link_threshold,
        person_id,
        contact_kind,
        contacted_on
    from {{ ref("contacts_by_threshold") }}
    where
        contact_kind in ('crisis', 'overdose')
        and is_contact_made
        and person_id is not null

),

people as (

    select
        link_threshold,
        person_id,
        died_on
    from {{ ref("people_by_threshold") }}

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

days as (

    select distinct
        contacts.link_threshold,
        contacts.person_id,
        contacts.contact_kind,
        contacts.contacted_on
    from contacts
    inner join people
        on
            contacts.link_threshold = people.link_threshold
            and contacts.person_id = people.person_id
    cross join today
    where
        contacts.contacted_on <= today.data_through
        and coalesce(contacts.contacted_on <= people.died_on, true)

),

indexes as (

    select
        link_threshold,
        person_id,
        contact_kind,
        min(contacted_on) as index_on
    from days
    group by link_threshold, person_id, contact_kind
    union all
    select
        days.link_threshold,
        days.person_id,
        days.contact_kind,
        min(days.contacted_on) as index_on
    from indexes
    inner join days
        on
            indexes.link_threshold = days.link_threshold
            and indexes.person_id = days.person_id
            and indexes.contact_kind = days.contact_kind
            and days.contacted_on > indexes.index_on + {{ gap_days }}
    group by days.link_threshold, days.person_id, days.contact_kind

)

select
    indexes.link_threshold,
    indexes.person_id,
    indexes.contact_kind,
    indexes.index_on,
    date_diff('day', indexes.index_on, people.died_on) as died_after_days,
    indexes.index_on + {{ gap_days }} <= today.data_through as is_mature_30d
from indexes
inner join people
    on
        indexes.link_threshold = people.link_threshold
        and indexes.person_id = people.person_id
cross join today
