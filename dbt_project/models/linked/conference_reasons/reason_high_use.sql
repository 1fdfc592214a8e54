-- One row per person and day of emergency use in the last 365, of those with 10 such
-- days or more, or with 4 within 30 days of which the last is in the last 90.

with emergency_days as (

    select distinct
        person_id,
        contacted_on,
        days_ago
    from {{ ref("conference_contacts") }}
    where
        contact_kind in (
            'crisis', 'overdose', 'psychiatric_emergency', 'emergency_department'
        )
        and days_ago < 365

),

counted as (

    select
        person_id,
        contacted_on,
        days_ago,
        count(*) over (
            partition by person_id
            order by contacted_on
            range between interval '29' day preceding and current row
        ) as n_in_month
    from emergency_days

),

high_users as (

    select person_id
    from counted
    group by person_id
    having count(*) >= 10 or max(case when days_ago < 90 then n_in_month end) >= 4

)

select
    emergency_days.person_id,
    emergency_days.contacted_on as evidence_on
from emergency_days
inner join high_users
    on emergency_days.person_id = high_users.person_id
