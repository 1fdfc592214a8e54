-- One row per person, linkage threshold and spell on the by-name list as active.
-- Active from the first evidence of homelessness to the move into a home, the death, or
-- the day on which 90 days have passed without evidence, whichever comes first. Days in
-- a home show none. A shelter stay ends with the move into a home.

{% set inactive_after_days = 90 %}
{% set settling_days = 14 %}

with evidence as (

    select
        link_threshold,
        person_id,
        shown_from,
        max(shown_to) as shown_to
    from {{ ref("homeless_evidence") }}
    group by link_threshold, person_id, shown_from

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

deaths as (

    select
        people.link_threshold,
        people.person_id,
        people.died_on
    from {{ ref("people_by_threshold") }} as people
    inner join today
        on people.died_on <= today.data_through

),

-- A home known only by the exit to it is lived in until evidence says otherwise, two
-- weeks at least: outreach may still write the person down.
moves as (

    select
        link_threshold,
        person_id,
        entered_on as housed_on,
        greatest(entered_on, coalesce(left_on, date '9999-12-31')) as left_on
    from {{ ref("stays_by_threshold") }}
    where stay_kind = 'permanent_housing' and person_id is not null
    union all
    select
        link_threshold,
        person_id,
        occurred_on as housed_on,
        cast(occurred_on + interval '{{ settling_days }}' day as date) as left_on
    from {{ ref("outcomes_by_threshold") }}
    where outcome_type = 'permanent_housing_exit' and person_id is not null

),

reached as (

    select
        moves.link_threshold,
        moves.person_id,
        moves.housed_on,
        moves.left_on,
        max(moves.left_on) over (
            partition by moves.link_threshold, moves.person_id
            order by moves.housed_on, moves.left_on
            rows between unbounded preceding and 1 preceding
        ) as left_before
    from moves
    inner join today
        on moves.housed_on <= today.data_through

),

numbered_homes as (

    select
        *,
        sum(case when left_before >= housed_on then 0 else 1 end) over (
            partition by link_threshold, person_id
            order by housed_on, left_on
            rows between unbounded preceding and current row
        ) as home_number
    from reached

),

homes as (

    select
        link_threshold,
        person_id,
        min(housed_on) as housed_on,
        max(left_on) as left_on
    from numbered_homes
    group by link_threshold, person_id, home_number

),

days as (

    select
        link_threshold,
        person_id,
        shown_from as from_on,
        shown_to as to_on,
        cast(null as date) as housed_on,
        cast(null as date) as left_on,
        1 as place
    from evidence
    union all
    select
        link_threshold,
        person_id,
        housed_on as from_on,
        left_on as to_on,
        housed_on,
        left_on,
        0 as place
    from homes

),

beside_homes as (

    select
        *,
        count(housed_on) over (
            partition by link_threshold, person_id
            order by from_on, place
            rows between unbounded preceding and current row
        ) as homes_before,
        max(left_on) over (
            partition by link_threshold, person_id
            order by from_on, place
            rows between unbounded preceding and current row
        ) as home_left_on,
        min(housed_on) over (
            partition by link_threshold, person_id
            order by from_on, place
            rows between 1 following and unbounded following
        ) as next_housed_on
    from days

),

outside as (

    select
        beside_homes.link_threshold,
        beside_homes.person_id,
        beside_homes.homes_before,
        beside_homes.next_housed_on,
        deaths.died_on,
        greatest(
            beside_homes.from_on, coalesce(beside_homes.home_left_on, date '0001-01-01')
        ) as from_on,
        least(
            beside_homes.to_on,
            coalesce(beside_homes.next_housed_on, date '9999-12-31'),
            coalesce(deaths.died_on, date '9999-12-31')
        ) as to_on
    from beside_homes
    left join deaths
        on
            beside_homes.link_threshold = deaths.link_threshold
            and beside_homes.person_id = deaths.person_id
    where beside_homes.place = 1

),

ordered as (

    select
        *,
        max(to_on) over (
            partition by link_threshold, person_id, homes_before
            order by from_on, to_on
            rows between unbounded preceding and 1 preceding
        ) as shown_before
    from outside
    where from_on <= to_on

),

numbered as (

    select
        *,
        sum(
            case
                when from_on <= shown_before + interval '{{ inactive_after_days }}' day
                    then 0
                else 1
            end
        ) over (
            partition by link_threshold, person_id, homes_before
            order by from_on, to_on
            rows between unbounded preceding and current row
        ) as spell_number
    from ordered

),

spells as (

    select
        link_threshold,
        person_id,
        homes_before,
        min(from_on) as active_from,
        max(to_on) as last_shown_on,
        min(next_housed_on) as next_housed_on,
        min(died_on) as died_on,
        cast(
            max(to_on) + interval '{{ inactive_after_days }}' day as date
        ) as inactive_on
    from numbered
    group by link_threshold, person_id, homes_before, spell_number

),

ended as (

    select
        spells.*,
        case
            when
                spells.died_on
                <= least(
                    spells.inactive_on,
                    coalesce(spells.next_housed_on, date '9999-12-31')
                )
                then 'deceased'
            when spells.next_housed_on <= spells.inactive_on then 'housed'
            when spells.inactive_on <= today.data_through then 'inactive'
        end as ended_by,
        lag(spells.homes_before) over (
            partition by spells.link_threshold, spells.person_id
            order by spells.active_from
        ) as homes_before_last
    from spells
    cross join today

)

select
    person_id,
    link_threshold,

    case
        when homes_before_last is null then 'new'
        when homes_before > homes_before_last then 'returned_housing'
        else 'returned_inactive'
    end as began_by,
    active_from,
    last_shown_on,
    case ended_by
        when 'deceased' then died_on
        when 'housed' then next_housed_on
        when 'inactive' then inactive_on
    end as active_to,
    ended_by
from ended
