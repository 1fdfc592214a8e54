-- One row per person, 12 months and linkage threshold: which departments met them.
-- A period is cut at the day the person was first seen and at death; who has not a
-- single day in it is not there.

with people as (

    select
        person_id,
        link_threshold,
        first_seen_on,
        died_on
    from {{ ref("people_by_threshold") }}

),

contacts as (

    select
        link_threshold,
        person_id,
        department,
        contacted_on
    from {{ ref("contacts_by_threshold") }}
    where is_contact_made and person_id is not null

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

periods as (

    {{ periods_of_12_months() }}

),

exposures as (

    select
        people.link_threshold,
        people.person_id,
        periods.period_ends_on,
        greatest(periods.period_starts_on, people.first_seen_on) as watched_from,
        least(periods.period_ends_on, coalesce(people.died_on, periods.period_ends_on))
            as watched_through
    from people
    inner join periods
        on
            people.first_seen_on <= periods.period_ends_on
            and coalesce(people.died_on, periods.period_starts_on)
            >= periods.period_starts_on

),

placed as (

    select
        contacts.link_threshold,
        contacts.person_id,
        contacts.department,
        contacts.contacted_on,
        periods.period_ends_on
    from contacts
    asof inner join periods
        on contacts.contacted_on <= periods.period_ends_on
    where contacts.contacted_on >= periods.period_starts_on

),

met as (

    select
        placed.link_threshold,
        placed.person_id,
        placed.period_ends_on,
        count(distinct placed.department) as n_departments,
        {{ joined_values("placed.department") }} as departments,
        count(*) as n_contacts
    from placed
    inner join exposures
        on
            placed.link_threshold = exposures.link_threshold
            and placed.person_id = exposures.person_id
            and placed.period_ends_on = exposures.period_ends_on
            and placed.contacted_on <= exposures.watched_through
    group by placed.link_threshold, placed.person_id, placed.period_ends_on

)

select
    exposures.person_id,
    exposures.period_ends_on,
    exposures.link_threshold,

    coalesce(met.n_departments, 0) as n_departments,
    coalesce(met.departments, '') as departments,
    coalesce(met.n_contacts, 0) as n_contacts,

    exposures.watched_from,
    exposures.watched_through,
    date_diff('day', exposures.watched_from, exposures.watched_through) + 1
        as person_days
from exposures
left join met
    on
        exposures.link_threshold = met.link_threshold
        and exposures.person_id = met.person_id
        and exposures.period_ends_on = met.period_ends_on
