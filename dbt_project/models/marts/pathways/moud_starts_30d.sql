-- One row per year of the index overdose: how many were seen to start buprenorphine or
-- methadone within 30 days. Starts nobody may show us are not here: a lower bound.

with indexes as (

    select
        link_threshold,
        person_id,
        index_on,
        cast(extract(year from index_on) as integer) as index_year,
        died_after_days,
        is_mature_30d
    from {{ ref("crisis_indexes_by_threshold") }}
    where contact_kind = 'overdose'

),

starts as (

    select
        link_threshold,
        person_id,
        occurred_on
    from {{ ref("outcomes_by_threshold") }}
    where outcome_type = 'moud_start' and person_id is not null

),

contacts as (

    select
        link_threshold,
        person_id,
        contact_kind,
        contacted_on
    from {{ ref("contacts_by_threshold") }}
    where is_contact_made

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
    where link_threshold = 'default' and contact_kind = 'overdose'
    group by cast(extract(year from contacted_on) as integer)

),

started as (

    select
        indexes.link_threshold,
        indexes.index_year,
        indexes.is_mature_30d,
        indexes.died_after_days,
        date_diff('day', indexes.index_on, starts.occurred_on) as started_after_days
    from indexes
    asof left join starts
        on
            indexes.link_threshold = starts.link_threshold
            and indexes.person_id = starts.person_id
            and indexes.index_on <= starts.occurred_on

),

counted as (

    select
        started.link_threshold,
        started.index_year,
        count(*) as n,
        count(case when started.is_mature_30d then 1 end) as denominator,
        count(
            case
                when
                    started.is_mature_30d
                    and started.started_after_days <= 30
                    and coalesce(
                        started.started_after_days <= started.died_after_days, true
                    )
                    then 1
            end
        ) as numerator,
        any_value(not_linked.share_not_linked) as share_not_linked
    from started
    left join not_linked
        on started.index_year = not_linked.index_year
    group by started.link_threshold, started.index_year

)

{{ rate_by_threshold("counted", ["index_year"]) }}
