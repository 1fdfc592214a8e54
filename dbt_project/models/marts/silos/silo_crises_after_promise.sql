-- One row per department: crises it met while another department's promise stood open.
-- A promise is an offer the client accepted, not begun by the day of the crisis, made 1
-- to 30 days before. An offer that failed for no reason of the client's is one too.

{% set window_days = 365 %}
{% set promise_days = 30 %}

with today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

crises as (

    select
        contacts.link_threshold,
        contacts.contact_id,
        contacts.person_id,
        contacts.department,
        contacts.contacted_on
    from {{ ref("contacts_by_threshold") }} as contacts
    inner join today
        on
            contacts.contacted_on <= today.data_through
            and contacts.contacted_on
            > today.data_through - interval '{{ window_days }}' day
    where
        contacts.is_contact_made
        and contacts.contact_kind in ('crisis', 'overdose', 'psychiatric_emergency')

),

promises as (

    select
        link_threshold,
        person_id,
        department,
        offered_on,
        case offer_status
            when 'fulfilled' then coalesce(fulfilled_on, offered_on)
            else date '9999-12-31'
        end as begun_on
    from {{ ref("offers_by_threshold") }}
    where (is_accepted or offer_status = 'not_fulfilled') and person_id is not null

),

standing as (

    select
        crises.link_threshold,
        crises.contact_id,
        max(
            case
                when crises.department <> promises.department then promises.offered_on
            end
        ) as promised_by_others_on,
        bool_or(crises.department = promises.department) as is_promised_by_own
    from crises
    inner join promises
        on
            crises.link_threshold = promises.link_threshold
            and crises.person_id = promises.person_id
            and crises.contacted_on > promises.offered_on
            and crises.contacted_on
            <= promises.offered_on + interval '{{ promise_days }}' day
            and crises.contacted_on < promises.begun_on
    group by crises.link_threshold, crises.contact_id

),

counted as (

    select
        crises.link_threshold,
        crises.department,
        count(*) as n,
        count(crises.person_id) as denominator,
        count(standing.promised_by_others_on) as numerator,
        1 - count(crises.person_id) / count(*) as share_not_linked,
        count(case when standing.is_promised_by_own then 1 end) as n_seen_alone,
        count(standing.contact_id) as n_seen_linked,
        cast(
            coalesce(
                sum(
                    date_diff(
                        'day', standing.promised_by_others_on, crises.contacted_on
                    )
                ),
                0
            ) as bigint
        ) as person_days
    from crises
    left join standing
        on
            crises.link_threshold = standing.link_threshold
            and crises.contact_id = standing.contact_id
    group by crises.link_threshold, crises.department

)

{{ rate_by_threshold(
    "counted",
    ["department"],
    also=["n_seen_alone", "n_seen_linked", "person_days"]
) }}
