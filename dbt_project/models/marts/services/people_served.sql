-- One row per team (department, programme, all) and month (year, all): people met.
-- Each row counts people anew; nobody may be counted twice, so rows are not added up.

{% set scopes = {
    "team": ["programme", "department", "team_code"],
    "department": ["department"],
    "programme": ["programme"],
    "all": [],
} %}
{% set periods = ["month", "year", "all"] %}
{% set thresholds = {"default": "", "strict": "_strict", "loose": "_loose"} %}

with contacts as (

    select
        person_id,
        person_id_strict,
        person_id_loose,
        is_counted,
        is_counted_strict,
        is_counted_loose,
        programme,
        department,
        team_code,
        month_start,
        year_start,
        data_through
    from {{ ref("team_contacts") }}

),

met as (

    {% for name, end in thresholds.items() -%}
        select
            '{{ name }}' as link_threshold,
            person_id{{ end }} as whose,
            programme,
            department,
            team_code,
            month_start,
            year_start,
            count(*) as n_contacts,
            max(data_through) as data_through
        from contacts
        where is_counted{{ end }}
        group by
            person_id{{ end }},
            programme,
            department,
            team_code,
            month_start,
            year_start
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}

),

-- A number is compared faster than a name, and people are counted many times over.
numbers as (

    select
        whose,
        row_number() over () as person_number
    from (
        select distinct whose
        from met
        where whose is not null
    ) as people

),

by_threshold as (

    select
        {{ scope_and_period(scopes, periods) }},
        met.link_threshold,
        met.programme,
        met.department,
        met.team_code,
        count(distinct numbers.person_number) as n_people,
        cast(sum(met.n_contacts) as bigint) as n_contacts,
        cast(
            sum(case when met.whose is null then met.n_contacts else 0 end)
            as bigint
        ) as n_contacts_not_linked,
        max(met.data_through) as data_through
    from met
    left join numbers
        on met.whose = numbers.whose
    group by {{ grouped_over(["link_threshold"], scopes, periods) }}

),

counted as (

    select
        scope_kind,
        programme,
        department,
        team_code,
        period_kind,
        period_start,
        {% for name, end in thresholds.items() -%}
            coalesce(
                max(case when link_threshold = '{{ name }}' then n_people end), 0
            ) as n_people{{ end }},
        {% endfor -%}
        {% for figure in ["n_contacts", "n_contacts_not_linked"] -%}
            coalesce(
                max(case when link_threshold = 'default' then {{ figure }} end), 0
            ) as {{ figure }},
        {% endfor -%}
        max(data_through) as data_through
    from by_threshold
    group by
        scope_kind, programme, department, team_code, period_kind, period_start

)

select
    scope_kind,
    programme,
    department,
    team_code,
    period_kind,
    period_start,

    n_people,
    n_people_strict,
    n_people_loose,
    n_contacts,
    n_contacts_not_linked,
    n_contacts_not_linked / nullif(n_contacts, 0) as share_not_linked,
    {{ is_period_over("period_kind", "period_start", "data_through") }}
        as is_period_over,
    data_through
from counted
