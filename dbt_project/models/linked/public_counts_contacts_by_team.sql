-- One row per period and street team, with sums over a department's teams and over all:
-- contacts made, and people known to be among them. Not suppressed.

with teams as (

    select distinct team_code
    from {{ ref("int_teams") }}
    where is_street_team

),

contacts as (

    select
        periods.period_kind,
        periods.period,
        contacts.department,
        contacts.team_code,
        contacts.person_id
    from {{ ref("team_contacts") }} as contacts
    inner join teams
        on contacts.team_code = teams.team_code
    inner join {{ ref("public_periods") }} as periods
        on contacts.contacted_on between periods.first_on and periods.last_on
    where contacts.is_counted

)

select
    period_kind,
    period,
    coalesce(department, 'all') as department,
    coalesce(team_code, 'all') as team_code,
    count(*) as n_contacts,
    count(distinct person_id) as n_people
from contacts
group by grouping sets (
    (period_kind, period, department, team_code),
    (period_kind, period, department),
    (period_kind, period)
)
