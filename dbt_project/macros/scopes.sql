{#-
    A measure counted at once for teams, departments and all of them, by month, year and
    over all time. Such rows must never be added up: each says in scope_kind and
    period_kind what it is a count of, and the columns it is counted over are null.

    scopes: name -> the columns it keeps apart, the narrowest first; the last column of
        each tells it from the wider ones. `all` keeps nothing apart.
    periods: list of 'month', 'year' and 'all', in this order; columns month_start and
        year_start.
-#}

{#- After `group by`: one set per scope and period; `fixed` is in all of them. Of no
    rows at all SQL makes one that counts nothing, unless `having count(*) > 0`. -#}
{% macro grouped_over(fixed, scopes, periods) -%}
    {%- set sets = [] -%}
    {%- for columns in scopes.values() -%}
        {%- for period in periods -%}
            {%- set start = [] if period == "all" else [period ~ "_start"] -%}
            {%- do sets.append("(" ~ (fixed + columns + start) | join(", ") ~ ")") -%}
        {%- endfor -%}
    {%- endfor -%}
    grouping sets ({{ sets | join(", ") }})
{%- endmacro %}

{#- The columns that say what a row of grouped_over is a count of. -#}
{% macro scope_and_period(scopes, periods) -%}
    case
        {% for scope, columns in scopes.items() if columns -%}
            when grouping({{ columns | last }}) = 0 then '{{ scope }}'
        {% endfor -%}
        else 'all'
    end as scope_kind,
    case
        {% for period in periods if period != "all" -%}
            when grouping({{ period }}_start) = 0 then '{{ period }}'
        {% endfor -%}
        else 'all'
    end as period_kind,
    {% if "month" in periods -%}
        coalesce(month_start, year_start) as period_start
    {%- else -%}
        year_start as period_start
    {%- endif %}
{%- endmacro %}

{#- The first days of the month and of the year a day is in. -#}
{% macro month_and_year(day) -%}
    cast(date_trunc('month', {{ day }}) as date) as month_start,
    cast(date_trunc('year', {{ day }}) as date) as year_start
{%- endmacro %}

{#- Whether the data reach the last day of the period; all time is never over. -#}
{% macro is_period_over(kind, first_day, through) -%}
    case {{ kind }}
        when 'month' then {{ first_day }} + interval '1' month <= {{ through }} + 1
        when 'year' then {{ first_day }} + interval '1' year <= {{ through }} + 1
        else false
    end
{%- endmacro %}
