-- One row per team (department, programme, all) and month (year, all): contacts made.

{% set scopes = {
    "team": ["programme", "department", "team_code"],
    "department": ["department"],
    "programme": ["programme"],
    "all": [],
} %}
{% set periods = ["month", "year", "all"] %}

with contacts as (

    select
        programme,
        department,
        team_code,
        month_start,
        year_start,
        count(case when is_counted then 1 end) as n_contacts,
        count(case when is_counted_strict then 1 end) as n_contacts_strict,
        count(case when is_counted_loose then 1 end) as n_contacts_loose,
        count(case when is_counted and person_id is null then 1 end)
            as n_contacts_not_linked,
        max(data_through) as data_through
    from {{ ref("team_contacts") }}
    group by programme, department, team_code, month_start, year_start

),

counted as (

    select
        {{ scope_and_period(scopes, periods) }},
        programme,
        department,
        team_code,
        {% for figure in ["", "_strict", "_loose", "_not_linked"] -%}
            cast(sum(n_contacts{{ figure }}) as bigint) as n_contacts{{ figure }},
        {% endfor -%}
        max(data_through) as data_through
    from contacts
    group by {{ grouped_over([], scopes, periods) }}
    having count(*) > 0

)

select
    scope_kind,
    programme,
    department,
    team_code,
    period_kind,
    period_start,

    n_contacts,
    n_contacts_strict,
    n_contacts_loose,
    n_contacts_not_linked,
    n_contacts_not_linked / nullif(n_contacts, 0) as share_not_linked,
    {{ is_period_over("period_kind", "period_start", "data_through") }}
        as is_period_over,
    data_through
from counted
