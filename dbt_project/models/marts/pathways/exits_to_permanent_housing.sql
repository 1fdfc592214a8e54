-- One row per 12 months and destination: where people who left street outreach went, as
-- HUD's measure 7a.1 counts them: once each, by their last exit, stayers left out.

with enrolments as (

    select
        enrollment_id,
        link_threshold,
        person_id,
        entry_date,
        exit_date,
        destination_code
    from {{ ref("enrollments_by_threshold") }}
    where project_type = 'SO'

),

destinations as (

    select
        destination_code,
        spm_7a1_street_outreach as outcome,
        is_known = 1 as is_known
    from {{ ref("hmis_destination_outcome") }}

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

periods as (

    {{ periods_of_12_months() }}

),

active as (

    select
        enrolments.*,
        periods.period_ends_on,
        coalesce(enrolments.exit_date > periods.period_ends_on, true) as is_staying
    from enrolments
    inner join periods
        on
            enrolments.entry_date <= periods.period_ends_on
            and coalesce(enrolments.exit_date, periods.period_ends_on)
            >= periods.period_starts_on

),

not_linked as (

    select
        period_ends_on,
        count(case when person_id is null then 1 end) / count(*) as share_not_linked
    from active
    where link_threshold = 'default' and not is_staying
    group by period_ends_on

),

leavers as (

    select
        link_threshold,
        period_ends_on,
        person_id,
        -- DuckDB passes over a null here, and an earlier exit would speak for the last.
        arg_max(
            coalesce(destination_code, ''), (exit_date, entry_date, enrollment_id)
        ) as destination_code
    from active
    where person_id is not null
    group by link_threshold, period_ends_on, person_id
    having not bool_or(is_staying)

),

sorted as (

    select
        leavers.link_threshold,
        leavers.period_ends_on,
        coalesce(destinations.outcome, 'not_success') as outcome,
        coalesce(destinations.is_known, false) as is_known
    from leavers
    left join destinations
        on leavers.destination_code = destinations.destination_code

),

results as (

    select
        *,
        'spm_7a1_success' as destination,
        outcome in ('success_permanent', 'success_temporary_institutional')
            as is_counted
    from sorted
    union all
    select
        *,
        'permanent_housing' as destination,
        outcome = 'success_permanent' as is_counted
    from sorted
    union all
    select
        *,
        'temporary_or_institutional' as destination,
        outcome = 'success_temporary_institutional' as is_counted
    from sorted
    union all
    select
        *,
        'unknown' as destination,
        not is_known as is_counted
    from sorted

),

counted as (

    select
        results.link_threshold,
        results.period_ends_on,
        results.destination,
        count(*) as n,
        count(case when results.outcome <> 'excluded' then 1 end) as denominator,
        count(case when results.outcome <> 'excluded' and results.is_counted then 1 end)
            as numerator,
        any_value(not_linked.share_not_linked) as share_not_linked
    from results
    left join not_linked
        on results.period_ends_on = not_linked.period_ends_on
    group by results.link_threshold, results.period_ends_on, results.destination

)

{{ rate_by_threshold("counted", ["period_ends_on", "destination"]) }}
