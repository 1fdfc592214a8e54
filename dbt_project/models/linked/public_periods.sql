-- One row per period that public tables may speak of: whole years, and pairs of years.
-- A year that is not over is none: published twice, its figures would differ by people.
-- Pairs start with an even year and never overlap, so no year is left by subtraction.

with contacts as (

    select
        min(contacted_on) as first_on,
        max(data_through) as data_through
    from {{ ref("contacts") }}

),

years as (

    select
        cast(years.first_on as date) as first_on,
        cast(years.first_on + interval '1 year' - interval '1 day' as date) as last_on,
        cast(extract(year from years.first_on) as integer) as first_year
    from contacts
    cross join
        unnest(
            generate_series(
                date_trunc('year', contacts.first_on),
                contacts.data_through,
                interval '1 year'
            )
        ) as years (first_on)
    where
        years.first_on + interval '1 year' - interval '1 day'
        <= contacts.data_through

)

select
    'year' as period_kind,
    cast(first_year as varchar) as period,
    1 as n_years,
    first_on,
    last_on
from years
union all
select
    'two_years' as period_kind,
    concat(early.first_year, '-', late.first_year) as period,
    2 as n_years,
    early.first_on,
    late.last_on
from years as early
inner join years as late
    on early.first_year + 1 = late.first_year
where early.first_year % 2 = 0
