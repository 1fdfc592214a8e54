-- One row per linkage threshold, pair of departments (of teams, at 'default') and wait
-- from a contact of the one to the next of the other: how many waited so long.
-- A time known to the day is an interval: the other's contact of the same day counts
-- unless both clocks say that it came before. Hospitals are nobody's partner here.

{% set days = 30 %}

with contacts as (

    select
        link_threshold,
        person_id,
        department,
        team_code,
        contacted_at,
        contacted_on,
        time_precision
    from {{ ref("contacts_by_threshold") }}
    where is_contact_made and person_id is not null

),

people as (

    select
        link_threshold,
        person_id,
        died_on
    from {{ ref("people_by_threshold") }}

),

hospitals as (

    select team_code
    from {{ ref("int_teams") }}
    where is_hospital

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

met as (

    select
        contacts.link_threshold,
        contacts.person_id,
        contacts.department,
        contacts.team_code,
        contacts.contacted_on,
        contacts.contacted_at as earliest_at,
        coalesce(contacts.time_precision <> 'day', false) as is_timed,
        case
            when coalesce(contacts.time_precision, 'day') = 'day'
                then
                    {{ utc_from_local(
                        "cast(contacts.contacted_on + 1 as timestamp)"
                    ) }}
                    - interval '1' second
            else contacts.contacted_at
        end as latest_at,
        least({{ days }}, date_diff('day', contacts.contacted_on, today.data_through))
            as observed_days,
        case
            when people.died_on <= contacts.contacted_on + {{ days }}
                then date_diff('day', contacts.contacted_on, people.died_on)
        end as died_after_days
    from contacts
    inner join people
        on
            contacts.link_threshold = people.link_threshold
            and contacts.person_id = people.person_id
    cross join today
    where
        contacts.contacted_on <= today.data_through
        and coalesce(contacts.contacted_on <= people.died_on, true)
        and not exists (
            select 1
            from hospitals
            where contacts.team_code = hospitals.team_code
        )

),

units as (

    select
        *,
        'department' as unit_kind,
        department as unit
    from met
    union all
    select
        *,
        'team' as unit_kind,
        team_code as unit
    from met
    where link_threshold = 'default' and team_code is not null

),

partners as (

    select
        *,
        row_number() over () as partner_number
    from (
        select distinct
            link_threshold,
            unit_kind,
            person_id,
            unit as to_unit
        from units
    ) as units_met

),

waits as (

    select
        units.*,
        partners.to_unit,
        partners.partner_number
    from units
    inner join partners
        on
            units.link_threshold = partners.link_threshold
            and units.unit_kind = partners.unit_kind
            and units.person_id = partners.person_id
            and units.unit <> partners.to_unit

),

-- A number is compared faster than four names.
arrivals as (

    select
        units.contacted_on,
        units.earliest_at,
        units.latest_at,
        units.is_timed,
        partners.partner_number
    from units
    inner join partners
        on
            units.link_threshold = partners.link_threshold
            and units.unit_kind = partners.unit_kind
            and units.person_id = partners.person_id
            and units.unit = partners.to_unit

),

ended as (

    select
        waits.link_threshold,
        waits.unit_kind,
        waits.unit as from_unit,
        waits.to_unit,
        waits.observed_days,
        waits.died_after_days,
        waits.is_timed as is_from_timed,
        arrivals.is_timed as is_to_timed,
        date_diff('day', waits.contacted_on, arrivals.contacted_on) as lag_days,
        case
            when waits.is_timed and arrivals.is_timed
                then
                    date_diff('second', waits.earliest_at, arrivals.earliest_at)
                    // 3600
        end as lag_hours
    from waits
    asof inner join arrivals
        on
            waits.partner_number = arrivals.partner_number
            and waits.earliest_at <= arrivals.latest_at

),

arrived as (

    select
        link_threshold,
        unit_kind,
        from_unit,
        to_unit,
        observed_days,
        died_after_days,
        is_from_timed,
        is_to_timed,
        lag_days,
        lag_hours,
        count(*) as n_contacts
    from ended
    where lag_days <= {{ days }}
    group by all

),

begun as (

    select
        link_threshold,
        unit_kind,
        unit as from_unit,
        observed_days,
        died_after_days,
        is_timed as is_from_timed,
        count(*) as n_contacts
    from units
    group by all

),

to_units as (

    select distinct
        link_threshold,
        unit_kind,
        to_unit
    from partners

),

pairs as (

    select
        begun.*,
        to_units.to_unit
    from begun
    inner join to_units
        on
            begun.link_threshold = to_units.link_threshold
            and begun.unit_kind = to_units.unit_kind
            and begun.from_unit <> to_units.to_unit

),

matched as (

    select
        link_threshold,
        unit_kind,
        from_unit,
        to_unit,
        observed_days,
        died_after_days,
        is_from_timed,
        sum(n_contacts) as n_contacts
    from arrived
    group by all

),

still_waiting as (

    select
        pairs.link_threshold,
        pairs.unit_kind,
        pairs.from_unit,
        pairs.to_unit,
        pairs.observed_days,
        pairs.died_after_days,
        pairs.is_from_timed,
        pairs.n_contacts - coalesce(matched.n_contacts, 0) as n_contacts
    from pairs
    left join matched
        on
            pairs.link_threshold = matched.link_threshold
            and pairs.unit_kind = matched.unit_kind
            and pairs.from_unit = matched.from_unit
            and pairs.to_unit = matched.to_unit
            and pairs.observed_days = matched.observed_days
            and pairs.died_after_days is not distinct from matched.died_after_days
            and pairs.is_from_timed = matched.is_from_timed

)

select
    link_threshold,
    unit_kind,
    from_unit,
    to_unit,

    lag_days,
    lag_hours,
    is_from_timed,
    is_to_timed,
    observed_days,
    died_after_days,
    n_contacts
from arrived
union all
select
    link_threshold,
    unit_kind,
    from_unit,
    to_unit,

    cast(null as bigint) as lag_days,
    cast(null as bigint) as lag_hours,
    is_from_timed,
    cast(null as boolean) as is_to_timed,
    observed_days,
    died_after_days,
    cast(n_contacts as bigint) as n_contacts
from still_waiting
where n_contacts > 0
