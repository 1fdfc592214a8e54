{#-
    Three kinds of clock (local, UTC, with offset) become one UTC instant. A year before
    1900 is how a system writes a time it does not know (0001-01-01, 1753-01-01), and
    9999-12-31 how it writes that there is no end: both are unknown.
-#}

{#- Whether a text begins with a year that means one. -#}
{% macro has_known_year(column) -%}
    {{ return(adapter.dispatch('has_known_year')(column)) }}
{%- endmacro %}

{% macro duckdb__has_known_year(column) -%}
    regexp_matches({{ column }}, '^ *(19|[2-8][0-9])[0-9]{2}-')
{%- endmacro %}

{% macro spark__has_known_year(column) -%}
    {{ column }} rlike '^ *(19|[2-8][0-9])[0-9]{2}-'
{%- endmacro %}

{% macro date_value(column) -%}
    {{ return(adapter.dispatch('date_value')(column)) }}
{%- endmacro %}

{#- Impossible dates ('2025-02-30') are unknown, never shifted. Only ISO is read: DuckDB
    by itself takes '4/8/24' for a day of the year 4. -#}
{% macro duckdb__date_value(column) -%}
    try_cast(
        case
            when {{ has_known_year(column) }}
                then
                    regexp_extract({{ column }}, '^ *([0-9]{4}-[0-9]{2}-[0-9]{2})', 1)
        end as date
    )
{%- endmacro %}

{% macro spark__date_value(column) -%}
    try_to_date(
        case when {{ has_known_year(column) }} then left(trim({{ column }}), 10) end
    )
{%- endmacro %}

{#-
    A birth date in the spellings of a spreadsheet: ISO, month/day/year (these sources
    are American) with two or four digits of the year, or Excel's count of days. Two
    digits above `youngest` are 19xx. Day and month are never exchanged to make an
    impossible date a possible one.
-#}
{% macro birth_date_value(column) -%}
    {{ return(adapter.dispatch('birth_date_value')(column)) }}
{%- endmacro %}

{% macro duckdb__birth_date_value(column, youngest=26) -%}
    coalesce(
        {{ date_value(column) }},
        cast(try_strptime(
            case
                when regexp_matches(
                    trim({{ column }}), '^[0-9]{1,2}/[0-9]{1,2}/(19|20)[0-9]{2}( .*)?$'
                )
                    then split_part(trim({{ column }}), ' ', 1)
                when regexp_matches(trim({{ column }}), '^[0-9]{1,2}/[0-9]{1,2}/[0-9]{2}$')
                    then
                        regexp_replace(
                            trim({{ column }}),
                            '([0-9]{2})$',
                            case
                                when cast(right(trim({{ column }}), 2) as integer)
                                    > {{ youngest }} then '19\1'
                                else '20\1'
                            end
                        )
            end, '%m/%d/%Y'
        ) as date),
        case
            when regexp_matches(trim({{ column }}), '^[0-9]{5}([.]0+)?$')
                and try_cast(trim({{ column }}) as double) < 50000
                then
                    date '1899-12-30'
                    + cast(try_cast(trim({{ column }}) as double) as integer)
        end
    )
{%- endmacro %}

{#- A wall-clock time without offset. -#}
{% macro local_time(column) -%}
    try_cast(
        case when {{ has_known_year(column) }} then trim({{ column }}) end as timestamp
    )
{%- endmacro %}

{#- The instant of a text that carries its offset (or Z). Only ISO is read, and a year
    of four digits: DuckDB also knows 'infinity' and the year 12999, the newest for ever.
    No clock is more than 14 hours from UTC, but DuckDB would count back by +99:99. -#}
{% macro utc_from_offset(column) -%}
    {{ return(adapter.dispatch('utc_from_offset')(column)) }}
{%- endmacro %}

{% macro duckdb__utc_from_offset(column) -%}
    timezone(
        'UTC',
        try_cast(
            case
                when
                    {{ has_known_year(column) }}
                    and not regexp_matches(
                        trim({{ column }}),
                        '[+-]((1[5-9]|[2-9][0-9]):?[0-9]{2}|[0-9]{2}:?[6-9][0-9])$'
                    )
                    then trim({{ column }})
            end as timestamptz
        )
    )
{%- endmacro %}

{% macro spark__utc_from_offset(column) -%}
    to_utc_timestamp(
        try_to_timestamp(case when {{ has_known_year(column) }} then {{ column }} end),
        current_timezone()
    )
{%- endmacro %}

{#- The instant of a text that should carry its offset; San Francisco's if it does not. -#}
{% macro utc_from_text(column) -%}
    case
        when regexp_matches(trim({{ column }}), '(Z|[+-][0-9]{2}:?[0-9]{2})$')
            then {{ utc_from_offset(column) }}
        else {{ utc_from_local(local_time(column)) }}
    end
{%- endmacro %}

{#- San Francisco wall clock to UTC; the later of the two in a DST fold. -#}
{% macro utc_from_local(expression) -%}
    {{ return(adapter.dispatch('utc_from_local')(expression)) }}
{%- endmacro %}

{% macro duckdb__utc_from_local(expression) -%}
    timezone('UTC', timezone('America/Los_Angeles', {{ expression }}))
{%- endmacro %}

{% macro spark__utc_from_local(expression) -%}
    to_utc_timestamp({{ expression }}, 'America/Los_Angeles')
{%- endmacro %}

{% macro local_from_utc(expression) -%}
    {{ return(adapter.dispatch('local_from_utc')(expression)) }}
{%- endmacro %}

{% macro duckdb__local_from_utc(expression) -%}
    timezone('America/Los_Angeles', timezone('UTC', {{ expression }}))
{%- endmacro %}

{% macro spark__local_from_utc(expression) -%}
    from_utc_timestamp({{ expression }}, 'America/Los_Angeles')
{%- endmacro %}

{#- True when a wall clock shows this time twice (November) or never (March). -#}
{% macro is_ambiguous_local(expression) -%}
    case
        when
            extract(month from {{ expression }}) not in (3, 11)
            or extract(hour from {{ expression }}) not in (1, 2)
            then false
        else
            {{ local_from_utc(utc_from_local(expression)) }} <> {{ expression }}
            or {{ local_from_utc(utc_from_local(expression) ~ " + interval '1' hour") }}
            = {{ expression }}
            or {{ local_from_utc(utc_from_local(expression) ~ " - interval '1' hour") }}
            = {{ expression }}
    end
{%- endmacro %}
