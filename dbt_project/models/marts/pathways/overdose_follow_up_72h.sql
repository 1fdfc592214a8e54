-- One row per year of the overdose and kind of follow-up: how many of SORT's overdoses
-- were followed up within 72 hours, of those who could be.
-- Hours are hours, on the nights of the clock change too; a contact known to the day
-- only counts on the three days after, and on the same day.

{% set hours = 72 %}
{% set days = 3 %}

with contacts as (

    select
        contact_id,
        link_threshold,
        person_id,
        team_code,
        contact_kind,
        contacted_at,
        contacted_on,
        time_precision
    from {{ ref("contacts_by_threshold") }}
    where is_contact_made

),

admissions as (

    select
        link_threshold,
        person_id,
        admitted_on,
        coalesce(
            discharged_on, case when is_open then date '9999-12-31' else admitted_on end
        ) as discharged_on
    from {{ ref("admissions_by_threshold") }}
    where person_id is not null

),

people as (

    select
        link_threshold,
        person_id,
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

overdoses as (

    select
        contact_id,
        link_threshold,
        person_id,
        contacted_at as index_at,
        contacted_on as index_on,
        time_precision <> 'day' as is_timed,
        cast(extract(year from contacted_on) as integer) as index_year
    from contacts
    where team_code = 'SORT' and contact_kind = 'overdose'

),

not_linked as (

    select
        index_year,
        count(case when person_id is null then 1 end) / count(*) as share_not_linked
    from overdoses
    where link_threshold = 'default'
    group by index_year

),

visits as (

    select
        link_threshold,
        person_id,
        contacted_at,
        contacted_on,
        time_precision <> 'day' as is_timed,
        team_code in ('POET', 'OCC') as is_poet_or_occ
    from contacts
    where
        person_id is not null
        and (
            team_code in ('POET', 'OCC')
            or (
                contact_kind in ('follow_up', 'overdose_follow_up')
                and not exists (
                    select 1
                    from care_sites
                    where contacts.team_code = care_sites.team_code
                )
            )
        )

),

followed as (

    select
        overdoses.link_threshold,
        overdoses.contact_id,
        bool_or(visits.is_poet_or_occ) as is_by_poet_or_occ
    from overdoses
    inner join visits
        on
            overdoses.link_threshold = visits.link_threshold
            and overdoses.person_id = visits.person_id
            and visits.contacted_on
            between overdoses.index_on and overdoses.index_on + {{ days }}
    where
        case
            when overdoses.is_timed and visits.is_timed
                then
                    visits.contacted_at > overdoses.index_at
                    and visits.contacted_at
                    <= overdoses.index_at + interval '{{ hours }}' hour
            else true
        end
    group by overdoses.link_threshold, overdoses.contact_id

),

in_hospital as (

    select distinct
        overdoses.link_threshold,
        overdoses.contact_id
    from overdoses
    inner join admissions
        on
            overdoses.link_threshold = admissions.link_threshold
            and overdoses.person_id = admissions.person_id
            and overdoses.index_on >= admissions.admitted_on
            and overdoses.index_on + {{ days }} <= admissions.discharged_on

),

judged as (

    select
        overdoses.link_threshold,
        overdoses.index_year,
        followed.contact_id is not null as is_followed,
        coalesce(followed.is_by_poet_or_occ, false) as is_by_poet_or_occ,
        -- A day on which the clock goes back is longer than its share of 72 hours.
        case
            when overdoses.is_timed
                then
                    overdoses.index_at + interval '{{ hours }}' hour
                    < {{ utc_from_local("cast(today.data_through + 1 as timestamp)") }}
            else overdoses.index_on + {{ days }} <= today.data_through
        end as is_mature,
        coalesce(people.died_on <= overdoses.index_on + {{ days }}, false) as is_dead,
        in_hospital.contact_id is not null as is_in_hospital
    from overdoses
    inner join people
        on
            overdoses.link_threshold = people.link_threshold
            and overdoses.person_id = people.person_id
    left join followed
        on
            overdoses.link_threshold = followed.link_threshold
            and overdoses.contact_id = followed.contact_id
    left join in_hospital
        on
            overdoses.link_threshold = in_hospital.link_threshold
            and overdoses.contact_id = in_hospital.contact_id
    cross join today

),

kinds as (

    select
        *,
        'any_follow_up' as followed_up_by,
        is_followed as is_met
    from judged
    union all
    select
        *,
        'poet_or_occ' as followed_up_by,
        is_by_poet_or_occ as is_met
    from judged

),

counted as (

    select
        kinds.link_threshold,
        kinds.index_year,
        kinds.followed_up_by,
        count(*) as n,
        count(
            case
                when
                    kinds.is_mature
                    and (kinds.is_met or not (kinds.is_dead or kinds.is_in_hospital))
                    then 1
            end
        ) as denominator,
        count(case when kinds.is_mature and kinds.is_met then 1 end) as numerator,
        any_value(not_linked.share_not_linked) as share_not_linked
    from kinds
    left join not_linked
        on kinds.index_year = not_linked.index_year
    group by kinds.link_threshold, kinds.index_year, kinds.followed_up_by

)

{{ rate_by_threshold("counted", ["index_year", "followed_up_by"]) }}
