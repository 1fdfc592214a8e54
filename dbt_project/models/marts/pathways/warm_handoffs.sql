-- One row per referring department, department referred to and window: how many of the
-- referrals were met by a contact of the latter in time.
-- A referral is a person, two departments and a day, however many services it names.

with today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

offers as (

    select
        offers.link_threshold,
        offers.person_id,
        offers.department as from_department,
        referrals.referred_to as to_department,
        offers.offered_on,
        offers.offered_at
    from {{ ref("offers_by_threshold") }} as offers
    inner join {{ ref("referral") }} as referrals
        on
            offers.department = referrals.department
            and offers.service_type = referrals.service_type
    inner join today
        on offers.offered_on <= today.data_through
    where offers.is_offer and offers.offer_status <> 'declined'

),

contacts as (

    select
        contact_id,
        link_threshold,
        person_id,
        department,
        team_code,
        contacted_on,
        contacted_at,
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

not_linked as (

    select
        from_department,
        to_department,
        count(case when person_id is null then 1 end) / count(*) as share_not_linked
    from offers
    where link_threshold = 'default'
    group by from_department, to_department

),

referrals as (

    select
        link_threshold,
        person_id,
        from_department,
        to_department,
        offered_on as referred_on,
        min(offered_at) as referred_at
    from offers
    where person_id is not null
    group by link_threshold, person_id, from_department, to_department, offered_on

),

arrivals as (

    select
        link_threshold,
        person_id,
        department,
        contacted_on,
        case
            when coalesce(time_precision, 'day') = 'day'
                then
                    {{ utc_from_local("cast(contacted_on + 1 as timestamp)") }}
                    - interval '1' second
            else contacted_at
        end as latest_at
    from contacts
    where
        not exists (
            select 1
            from hospitals
            where contacts.team_code = hospitals.team_code
        )

),

met as (

    select
        referrals.*,
        date_diff('day', referrals.referred_on, arrivals.contacted_on) as met_after_days
    from referrals
    asof left join arrivals
        on
            referrals.link_threshold = arrivals.link_threshold
            and referrals.person_id = arrivals.person_id
            and referrals.to_department = arrivals.department
            and referrals.referred_at <= arrivals.latest_at

),

judged as (

    {% for days in [7, 30] -%}
        select
            met.link_threshold,
            met.from_department,
            met.to_department,
            cast({{ days }} as bigint) as within_days,
            coalesce(met.met_after_days <= {{ days }}, false) as is_met,
            met.referred_on + {{ days }} <= today.data_through
            and (
                coalesce(met.met_after_days <= {{ days }}, false)
                or coalesce(people.died_on > met.referred_on + {{ days }}, true)
            ) as is_judged
        from met
        inner join people
            on
                met.link_threshold = people.link_threshold
                and met.person_id = people.person_id
        cross join today
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

counted as (

    select
        judged.link_threshold,
        judged.from_department,
        judged.to_department,
        judged.within_days,
        count(*) as n,
        count(case when judged.is_judged then 1 end) as denominator,
        count(case when judged.is_judged and judged.is_met then 1 end) as numerator,
        any_value(not_linked.share_not_linked) as share_not_linked
    from judged
    left join not_linked
        on
            judged.from_department = not_linked.from_department
            and judged.to_department = not_linked.to_department
    group by
        judged.link_threshold,
        judged.from_department,
        judged.to_department,
        judged.within_days

)

{{ rate_by_threshold("counted", ["from_department", "to_department", "within_days"]) }}
