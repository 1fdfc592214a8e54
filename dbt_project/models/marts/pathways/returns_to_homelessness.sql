-- One row per cohort of exits, project type left and time: of the people who left for
-- permanent housing, how many came back within so many days, as HUD's measure 2 counts.
-- The look-back is the 12 months that ended 730 days before data_through; who left
-- later is in the cohort not yet mature, and in no denominator.

{% set days_to_settle = 14 %}
{% set days_watched = 730 %}

with enrolments as (

    select
        enrollment_id,
        link_threshold,
        person_id,
        project_type,
        service_family = 'permanent' as is_permanent_housing,
        is_homeless_project,
        entry_date,
        exit_date,
        destination_code
    from {{ ref("enrollments_by_threshold") }}
    where is_spm_universe

),

destinations as (

    select destination_code
    from {{ ref("hmis_destination_outcome") }}
    where is_permanent = 1

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

permanent_exits as (

    select
        enrolments.*,
        case
            when enrolments.exit_date <= today.data_through - {{ days_watched }}
                then 'look_back'
            else 'not_yet_mature'
        end as exit_cohort
    from enrolments
    inner join destinations
        on enrolments.destination_code = destinations.destination_code
    cross join today
    where
        enrolments.exit_date <= today.data_through
        and enrolments.exit_date
        > cast(today.data_through - interval '1' year as date) - {{ days_watched }}

),

not_linked as (

    select
        exit_cohort,
        count(case when person_id is null then 1 end) / count(*) as share_not_linked
    from permanent_exits
    where link_threshold = 'default'
    group by exit_cohort

),

first_exits as (

    select
        link_threshold,
        exit_cohort,
        person_id,
        min(exit_date) as exit_date,
        arg_min(enrollment_id, (exit_date, entry_date, enrollment_id))
            as enrollment_id,
        arg_min(project_type, (exit_date, entry_date, enrollment_id)) as project_type
    from permanent_exits
    where person_id is not null
    group by link_threshold, exit_cohort, person_id

),

entries as (

    select
        first_exits.link_threshold,
        first_exits.exit_cohort,
        first_exits.person_id,
        first_exits.exit_date,
        enrolments.enrollment_id,
        enrolments.entry_date,
        enrolments.is_permanent_housing
    from first_exits
    inner join enrolments
        on
            first_exits.link_threshold = enrolments.link_threshold
            and first_exits.person_id = enrolments.person_id
            and first_exits.enrollment_id <> enrolments.enrollment_id
            and first_exits.exit_date <= enrolments.entry_date
    cross join today
    where
        enrolments.entry_date <= today.data_through
        and (
            enrolments.is_homeless_project
            or (
                enrolments.is_permanent_housing
                and enrolments.entry_date
                > first_exits.exit_date + {{ days_to_settle }}
            )
        )

),

-- From one home to the next, or back into it within two weeks, is no return.
moves_between_homes as (

    select distinct
        entries.link_threshold,
        entries.exit_cohort,
        entries.enrollment_id
    from entries
    inner join enrolments as other_homes
        on
            entries.link_threshold = other_homes.link_threshold
            and entries.person_id = other_homes.person_id
            and entries.enrollment_id <> other_homes.enrollment_id
            and other_homes.is_permanent_housing
            and entries.entry_date > other_homes.entry_date
            and entries.entry_date
            <= coalesce(
                other_homes.exit_date + {{ days_to_settle }}, entries.entry_date
            )
    where entries.is_permanent_housing

),

returns as (

    select
        entries.link_threshold,
        entries.exit_cohort,
        entries.person_id,
        min(date_diff('day', entries.exit_date, entries.entry_date))
            as returned_after_days
    from entries
    left join moves_between_homes
        on
            entries.link_threshold = moves_between_homes.link_threshold
            and entries.exit_cohort = moves_between_homes.exit_cohort
            and entries.enrollment_id = moves_between_homes.enrollment_id
    where moves_between_homes.enrollment_id is null
    group by entries.link_threshold, entries.exit_cohort, entries.person_id

),

watched as (

    select
        first_exits.link_threshold,
        first_exits.exit_cohort,
        first_exits.project_type,
        returns.returned_after_days
    from first_exits
    left join returns
        on
            first_exits.link_threshold = returns.link_threshold
            and first_exits.exit_cohort = returns.exit_cohort
            and first_exits.person_id = returns.person_id

),

by_project as (

    select *
    from watched
    union all
    select * replace ('all' as project_type)
    from watched

),

buckets as (

    {% for from_day, to_day in [(0, 180), (181, 365), (366, 730), (0, 730)] -%}
        select
            *,
            '{{ from_day }}-{{ to_day }}' as returned_in_days,
            coalesce(
                returned_after_days between {{ from_day }} and {{ to_day }}, false
            ) as is_returned
        from by_project
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

counted as (

    select
        buckets.link_threshold,
        buckets.exit_cohort,
        buckets.project_type,
        buckets.returned_in_days,
        count(*) as n,
        count(case when buckets.exit_cohort = 'look_back' then 1 end) as denominator,
        count(
            case
                when buckets.exit_cohort = 'look_back' and buckets.is_returned then 1
            end
        ) as numerator,
        any_value(not_linked.share_not_linked) as share_not_linked
    from buckets
    left join not_linked
        on buckets.exit_cohort = not_linked.exit_cohort
    group by
        buckets.link_threshold,
        buckets.exit_cohort,
        buckets.project_type,
        buckets.returned_in_days

)

{{ rate_by_threshold("counted", ["exit_cohort", "project_type", "returned_in_days"]) }}
