-- One row per team (department, programme, all) and month (year, all): people met.
-- Each row counts people anew; nobody may be counted twice, so rows are not added up.

{% set scopes = {
    "team": ["programme", "department", "team_code"],
    "department": ["department"],
    "programme": ["programme"],
    "all": [],
} %}
{% set periods = ["month", "year", "all"] %}

with contacts as (

    select
        link_threshold,
        person_id,
        programme,
        department,
        team_code,
        {{ month_and_year("contacted_on") }},
        data_through
    from {{ ref("team_contacts_by_threshold") }}

),

met as (

    select
        link_threshold,
        person_id,
        programme,
        department,
        team_code,
        month_start,
        year_start,
        count(*) as n_contacts,
        max(data_through) as data_through
    from contacts
    group by
        link_threshold,
        person_id,
        programme,
        department,
        team_code,
        month_start,
        year_start

),

counted as (

    select
        {{ scope_and_period(scopes, periods) }},
        programme,
        department,
        team_code,
        {% for name in ["default", "strict", "loose"] -%}
            count(distinct case when link_threshold = '{{ name }}' then person_id end)
                as n_people_{{ name }},
        {% endfor -%}
        cast(sum(case when link_threshold = 'default' then n_contacts end) as bigint)
            as n_contacts,
        cast(
            sum(
                case
                    when link_threshold = 'default' and person_id is null
                        then n_contacts
                    else 0
                end
            ) as bigint
        ) as n_contacts_not_linked,
        max(data_through) as data_through
    from met
    group by {{ grouped_over([], scopes, periods) }}

)

select
    scope_kind,
    programme,
    department,
    team_code,
    period_kind,
    period_start,

    n_people_default as n_people,
    n_people_strict,
    n_people_loose,
    n_contacts,
    n_contacts_not_linked,
    n_contacts_not_linked / nullif(n_contacts, 0) as share_not_linked,
    {{ is_period_over("period_kind", "period_start", "data_through") }}
        as is_period_over,
    data_through
from counted
where n_contacts > 0
