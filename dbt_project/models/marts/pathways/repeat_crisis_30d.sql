-- One row per year of the index crisis and outcome: how many had another crisis within
-- 30 days, how many died before one. The two shares may be added: death competes.

with indexes as (

    select
        link_threshold,
        person_id,
        index_on,
        cast(extract(year from index_on) as integer) as index_year,
        died_after_days,
        is_mature_30d
    from {{ ref("crisis_indexes_by_threshold") }}
    where contact_kind = 'crisis'

),

contacts as (

    select
        contacts.link_threshold,
        contacts.person_id,
        contacts.contact_kind,
        contacts.contacted_on
    from {{ ref("contacts_by_threshold") }} as contacts
    inner join {{ ref("intervention_outcome") }} as counts_as
        on
            counts_as.outcome_type = 'repeat_crisis'
            and contacts.contact_kind = counts_as.event_type
    where contacts.is_contact_made

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

not_linked as (

    select
        cast(extract(year from contacted_on) as integer) as index_year,
        count(case when person_id is null then 1 end) / count(*) as share_not_linked
    from contacts
    where link_threshold = 'default' and contact_kind = 'crisis'
    group by cast(extract(year from contacted_on) as integer)

),

repeated as (

    select
        indexes.link_threshold,
        indexes.index_year,
        indexes.is_mature_30d,
        indexes.died_after_days,
        date_diff('day', indexes.index_on, contacts.contacted_on) as repeated_after_days
    from indexes
    asof left join contacts
        on
            indexes.link_threshold = contacts.link_threshold
            and indexes.person_id = contacts.person_id
            and indexes.index_on < contacts.contacted_on

),

watched as (

    select
        link_threshold,
        index_year,
        is_mature_30d,
        coalesce(repeated_after_days <= 30, false)
        and coalesce(repeated_after_days <= died_after_days, true) as is_repeated,
        coalesce(died_after_days <= 30, false) as is_dead
    from repeated

),

events as (

    select
        *,
        'repeat_crisis' as outcome,
        is_repeated as is_event
    from watched
    union all
    select
        *,
        'death_before_repeat' as outcome,
        is_dead and not is_repeated as is_event
    from watched

),

counted as (

    select
        events.link_threshold,
        events.index_year,
        events.outcome,
        count(*) as n,
        count(case when events.is_mature_30d then 1 end) as denominator,
        count(case when events.is_mature_30d and events.is_event then 1 end)
            as numerator,
        any_value(not_linked.share_not_linked) as share_not_linked
    from events
    left join not_linked
        on events.index_year = not_linked.index_year
    group by events.link_threshold, events.index_year, events.outcome

)

{{ rate_by_threshold("counted", ["index_year", "outcome"]) }}
