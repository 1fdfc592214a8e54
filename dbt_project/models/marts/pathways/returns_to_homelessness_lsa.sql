-- One row per LSA exit cohort, project type left and time: of the heads of household
-- whose exit to permanent housing was followed by 14 quiet days, how many came back
-- from day 15 on. HUD's Longitudinal System Analysis, which has no street outreach.

{% set quiet_days = 14 %}

with enrolments as (

    select
        enrollment_id,
        link_threshold,
        person_id,
        project_type,
        entry_date,
        exit_date,
        destination_code
    from {{ ref("enrollments_by_threshold") }}
    where
        is_head_of_household
        and project_type in ('ES-EE', 'ES-NbN', 'SH', 'TH', 'PH-RRH', 'PH-PSH')

),

destinations as (

    select
        destination_code,
        situation_group
    from {{ ref("hmis_destination_outcome") }}

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

cohorts as (

    {% for cohort, watched_days in [(0, 180), (-1, 365), (-2, 730)] -%}
        select
            '{{ cohort }}' as exit_cohort,
            {{ watched_days }} as watched_days,
            cast(data_through - interval '{{ 1 - cohort }}' year as date)
            + 1 as starts_on,
            cast(
                data_through - interval
                {% if cohort == 0 %}'6' month{% else %}'{{ -cohort }}' year{% endif %}
                as date
            ) as ends_on
        from today
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

exits as (

    select
        enrolments.*,
        cohorts.exit_cohort,
        cohorts.watched_days,
        case destinations.situation_group
            when 'permanent' then 1
            when 'homeless' then 2
            when 'institutional' then 2
            when 'temporary' then 2
            else 3
        end as preference
    from enrolments
    inner join cohorts
        on enrolments.exit_date between cohorts.starts_on and cohorts.ends_on
    left join destinations
        on enrolments.destination_code = destinations.destination_code

),

not_linked as (

    select
        exit_cohort,
        count(case when person_id is null then 1 end) / count(*) as share_not_linked
    from exits
    where link_threshold = 'default'
    group by exit_cohort

),

-- Another enrolment open after the exit, or begun within two weeks of it.
not_quiet as (

    select distinct
        exits.link_threshold,
        exits.enrollment_id
    from exits
    inner join enrolments as other_stays
        on
            exits.link_threshold = other_stays.link_threshold
            and exits.person_id = other_stays.person_id
            and exits.enrollment_id <> other_stays.enrollment_id
            and exits.exit_date + {{ quiet_days }} > other_stays.entry_date
            and exits.exit_date < coalesce(other_stays.exit_date, date '9999-12-31')

),

chosen as (

    select
        exits.link_threshold,
        exits.exit_cohort,
        exits.watched_days,
        exits.person_id,
        min(exits.preference) as preference,
        arg_min(
            exits.exit_date,
            (
                exits.preference,
                exits.exit_date,
                exits.destination_code,
                exits.entry_date,
                exits.enrollment_id
            )
        ) as exit_date,
        arg_min(
            exits.project_type,
            (
                exits.preference,
                exits.exit_date,
                exits.destination_code,
                exits.entry_date,
                exits.enrollment_id
            )
        ) as project_type
    from exits
    left join not_quiet
        on
            exits.link_threshold = not_quiet.link_threshold
            and exits.enrollment_id = not_quiet.enrollment_id
    where exits.person_id is not null and not_quiet.enrollment_id is null
    group by
        exits.link_threshold,
        exits.exit_cohort,
        exits.watched_days,
        exits.person_id

),

returned as (

    select
        chosen.link_threshold,
        chosen.exit_cohort,
        chosen.watched_days,
        chosen.project_type,
        chosen.exit_date,
        date_diff('day', chosen.exit_date, min(enrolments.entry_date))
            as returned_after_days
    from chosen
    cross join today
    left join enrolments
        on
            chosen.link_threshold = enrolments.link_threshold
            and chosen.person_id = enrolments.person_id
            and chosen.exit_date + {{ quiet_days }} < enrolments.entry_date
            and today.data_through >= enrolments.entry_date
    where chosen.preference = 1
    group by
        chosen.link_threshold,
        chosen.exit_cohort,
        chosen.watched_days,
        chosen.person_id,
        chosen.project_type,
        chosen.exit_date

),

by_project as (

    select *
    from returned
    union all
    select * replace ('all' as project_type)
    from returned

),

counted as (

    select
        by_project.link_threshold,
        by_project.exit_cohort,
        by_project.project_type,
        cast(by_project.watched_days as bigint) as within_days,
        count(*) as n,
        count(
            case
                when
                    by_project.exit_date + by_project.watched_days
                    <= today.data_through
                    then 1
            end
        ) as denominator,
        count(
            case
                when
                    by_project.exit_date + by_project.watched_days
                    <= today.data_through
                    and by_project.returned_after_days <= by_project.watched_days
                    then 1
            end
        ) as numerator,
        any_value(not_linked.share_not_linked) as share_not_linked
    from by_project
    cross join today
    left join not_linked
        on by_project.exit_cohort = not_linked.exit_cohort
    group by
        by_project.link_threshold,
        by_project.exit_cohort,
        by_project.project_type,
        by_project.watched_days

)

{{ rate_by_threshold("counted", ["exit_cohort", "project_type", "within_days"]) }}
