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
        link_threshold,
        person_id,
        programme,
        department,
        team_code,
        {{ month_and_year("contacted_on") }},
        data_through
    from {{ ref("team_contacts_by_threshold") }}

),

counted as (

    select
        {{ scope_and_period(scopes, periods) }},
        programme,
        department,
        team_code,
        count(case when link_threshold = 'default' then 1 end) as n_contacts,
        count(case when link_threshold = 'strict' then 1 end) as n_contacts_strict,
        count(case when link_threshold = 'loose' then 1 end) as n_contacts_loose,
        count(case when link_threshold = 'default' and person_id is null then 1 end)
            as n_contacts_not_linked,
        max(data_through) as data_through
    from contacts
    group by {{ grouped_over([], scopes, periods) }}

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
where n_contacts + n_contacts_strict + n_contacts_loose > 0
