-- One row per kind of contact, group and side of the index: visits to an emergency
-- department and hospital stays per person-month, 182 days before and after.
-- The comparison is each index crisis of people whom that kind of contact had not
-- reached yet, watched until it does. The day of the index is on neither side.

{% set days = 182 %}
{% set days_a_month = 30.4375 %}

with contacts as (

    select
        link_threshold,
        person_id,
        team_code,
        contact_kind,
        contacted_on
    from {{ ref("contacts_by_threshold") }}
    where is_contact_made

),

people as (

    select
        link_threshold,
        person_id,
        first_seen_on,
        died_on
    from {{ ref("people_by_threshold") }}

),

care_sites as (

    select team_code
    from {{ ref("int_teams") }}
    where is_care_site

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

kinds as (

    select unnest([
        'outreach',
        'encampment_operation',
        'case_management',
        'follow_up',
        'overdose_follow_up'
    ]) as contact_kind

),

not_linked as (

    select
        contact_kind,
        count(case when person_id is null then 1 end) / count(*) as share_not_linked
    from contacts
    where link_threshold = 'default'
    group by contact_kind

),

firsts as (

    select
        contacts.link_threshold,
        contacts.person_id,
        contacts.contact_kind,
        min(contacts.contacted_on) as first_on
    from contacts
    inner join kinds
        on contacts.contact_kind = kinds.contact_kind
    where
        contacts.person_id is not null
        and not exists (
            select 1
            from care_sites
            where contacts.team_code = care_sites.team_code
        )
    group by contacts.link_threshold, contacts.person_id, contacts.contact_kind

),

crises as (

    select distinct
        link_threshold,
        person_id,
        index_on
    from {{ ref("crisis_indexes_by_threshold") }}

),

indexes as (

    select
        link_threshold,
        person_id,
        contact_kind,
        'reached' as reach,
        first_on as index_on,
        cast(null as date) as reached_on
    from firsts
    union all
    select
        crises.link_threshold,
        crises.person_id,
        kinds.contact_kind,
        'not_yet_reached' as reach,
        crises.index_on,
        firsts.first_on as reached_on
    from crises
    cross join kinds
    left join firsts
        on
            crises.link_threshold = firsts.link_threshold
            and crises.person_id = firsts.person_id
            and kinds.contact_kind = firsts.contact_kind
    where coalesce(firsts.first_on > crises.index_on, true)

),

spans as (

    select
        indexes.link_threshold,
        indexes.person_id,
        indexes.contact_kind,
        indexes.reach,
        indexes.index_on,
        greatest(people.first_seen_on, indexes.index_on - {{ days }}) as watched_from,
        least(
            indexes.index_on + {{ days }},
            today.data_through,
            coalesce(people.died_on, today.data_through),
            coalesce(indexes.reached_on - 1, today.data_through)
        ) as watched_through
    from indexes
    inner join people
        on
            indexes.link_threshold = people.link_threshold
            and indexes.person_id = people.person_id
    cross join today

),

two_sided as (

    select *
    from spans
    where watched_from < index_on and watched_through > index_on

),

visits as (

    select distinct
        link_threshold,
        person_id,
        team_code,
        contacted_on
    from contacts
    where team_code in ('ED', 'INPT') and person_id is not null

),

visited as (

    select
        two_sided.link_threshold,
        two_sided.contact_kind,
        two_sided.reach,
        count(case when visits.contacted_on < two_sided.index_on then 1 end)
            as n_before,
        count(case when visits.contacted_on > two_sided.index_on then 1 end) as n_after
    from two_sided
    inner join visits
        on
            two_sided.link_threshold = visits.link_threshold
            and two_sided.person_id = visits.person_id
            and visits.contacted_on
            between two_sided.watched_from and two_sided.watched_through
    group by two_sided.link_threshold, two_sided.contact_kind, two_sided.reach

),

watched as (

    select
        link_threshold,
        contact_kind,
        reach,
        count(distinct person_id) as n_persons,
        count(*) as n_indexes,
        sum(date_diff('day', watched_from, index_on)) as days_before,
        sum(date_diff('day', index_on, watched_through)) as days_after
    from two_sided
    group by link_threshold, contact_kind, reach

),

sides as (

    {% for side in ["before", "after"] -%}
        select
            watched.link_threshold,
            watched.contact_kind,
            watched.reach,
            '{{ side }}' as side,
            watched.n_persons,
            watched.n_indexes,
            watched.days_{{ side }} / {{ days_a_month }} as person_months,
            coalesce(visited.n_{{ side }}, 0) as n_visits
        from watched
        left join visited
            on
                watched.link_threshold = visited.link_threshold
                and watched.contact_kind = visited.contact_kind
                and watched.reach = visited.reach
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

summed as (

    select
        contact_kind,
        reach,
        side,
        {% for name in ["strict", "loose"] %}
            max(
                case
                    when link_threshold = '{{ name }}'
                        then n_visits / nullif(person_months, 0)
                end
            ) as visits_per_month_{{ name }},
        {% endfor %}
        coalesce(
            max(case when link_threshold = 'default' then n_persons end), 0
        ) as n_persons,
        coalesce(
            max(case when link_threshold = 'default' then n_indexes end), 0
        ) as n_indexes,
        coalesce(
            max(case when link_threshold = 'default' then person_months end), 0
        ) as person_months,
        coalesce(max(case when link_threshold = 'default' then n_visits end), 0)
            as n_visits
    from sides
    group by contact_kind, reach, side

)

select
    summed.contact_kind,
    summed.reach,
    summed.side,

    summed.n_persons,
    summed.n_indexes,
    summed.person_months,
    summed.n_visits,
    summed.n_visits / nullif(summed.person_months, 0) as visits_per_month,
    case
        when summed.n_visits = 0 then 0.0
        else
            summed.n_visits
            * power(
                1
                - 1 / (9.0 * summed.n_visits)
                - 1.959963984540054 / (3 * sqrt(summed.n_visits)),
                3
            )
    end / nullif(summed.person_months, 0) as visits_per_month_low,
    (summed.n_visits + 1)
    * power(
        1
        - 1 / (9.0 * (summed.n_visits + 1))
        + 1.959963984540054 / (3 * sqrt(summed.n_visits + 1)),
        3
    )
    / nullif(summed.person_months, 0) as visits_per_month_high,
    summed.visits_per_month_strict,
    summed.visits_per_month_loose,
    not_linked.share_not_linked,
    today.data_through
from summed
left join not_linked
    on summed.contact_kind = not_linked.contact_kind
cross join today
