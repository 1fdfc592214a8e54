-- One row per 12 months, team and other team: of the people the one met, how many the
-- other met too. The row (b, a) has the other margin, the diagonal the whole team.

with contacts as (

    select
        link_threshold,
        person_id,
        team_code,
        contacted_on
    from {{ ref("contacts_by_threshold") }}
    where is_contact_made and team_code is not null

),

teams as (

    select distinct team_code
    from {{ ref("int_teams") }}
    where not is_hospital

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

periods as (

    {{ periods_of_12_months() }}

),

placed as (

    select
        contacts.link_threshold,
        contacts.person_id,
        contacts.team_code,
        periods.period_ends_on
    from contacts
    inner join teams
        on contacts.team_code = teams.team_code
    asof inner join periods
        on contacts.contacted_on <= periods.period_ends_on
    where contacts.contacted_on >= periods.period_starts_on

),

not_linked as (

    select
        period_ends_on,
        coalesce(team_code, 'any_team') as team_code,
        count(case when person_id is null then 1 end) / count(*) as share_not_linked
    from placed
    where link_threshold = 'default'
    group by grouping sets ((period_ends_on, team_code), (period_ends_on))

),

met as (

    select distinct
        link_threshold,
        period_ends_on,
        person_id,
        team_code
    from placed
    where person_id is not null

),

people as (

    select
        *,
        count(*) over (partition by link_threshold, period_ends_on, person_id)
            as n_teams
    from met

),

pairs as (

    select
        one.link_threshold,
        one.period_ends_on,
        one.team_code,
        other.team_code as other_team_code,
        count(*) as numerator
    from met as one
    inner join met as other
        on
            one.link_threshold = other.link_threshold
            and one.period_ends_on = other.period_ends_on
            and one.person_id = other.person_id
    group by
        one.link_threshold,
        one.period_ends_on,
        one.team_code,
        other.team_code
    union all
    select
        link_threshold,
        period_ends_on,
        coalesce(team_code, 'any_team') as team_code,
        'any_other_team' as other_team_code,
        count(distinct case when n_teams > 1 then person_id end) as numerator
    from people
    group by
        grouping sets (
            (link_threshold, period_ends_on, team_code),
            (link_threshold, period_ends_on)
        )

),

margins as (

    select
        link_threshold,
        period_ends_on,
        coalesce(team_code, 'any_team') as team_code,
        count(distinct person_id) as n
    from met
    group by
        grouping sets (
            (link_threshold, period_ends_on, team_code),
            (link_threshold, period_ends_on)
        )

),

others as (

    select
        period_ends_on,
        other_team_code
    from pairs
    group by period_ends_on, other_team_code

),

counted as (

    select
        margins.link_threshold,
        margins.period_ends_on,
        margins.team_code,
        others.other_team_code,
        margins.n,
        margins.n as denominator,
        coalesce(pairs.numerator, 0) as numerator,
        not_linked.share_not_linked
    from margins
    inner join others
        on margins.period_ends_on = others.period_ends_on
    left join pairs
        on
            margins.link_threshold = pairs.link_threshold
            and margins.period_ends_on = pairs.period_ends_on
            and margins.team_code = pairs.team_code
            and others.other_team_code = pairs.other_team_code
    left join not_linked
        on
            margins.period_ends_on = not_linked.period_ends_on
            and margins.team_code = not_linked.team_code
    where margins.team_code <> 'any_team' or others.other_team_code = 'any_other_team'

)

{{ rate_by_threshold("counted", ["period_ends_on", "team_code", "other_team_code"]) }}
