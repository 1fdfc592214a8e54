{#- The last ten periods of 12 months that are over: the last one ends at data_through,
    the others a whole number of years before. `today` has data_through. -#}
{% macro periods_of_12_months(today="today") -%}
    select
        cast({{ today }}.data_through - to_years(ago.years) as date) as period_ends_on,
        cast({{ today }}.data_through - to_years(ago.years + 1) as date)
        + 1 as period_starts_on
    from {{ today }}
    cross join (select unnest(range(10)) as years) as ago
{%- endmacro %}
