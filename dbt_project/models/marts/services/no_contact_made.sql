-- One row per code set, team (department), month (year, all): runs that found nobody.
-- Code sets do not mix: dispatch and care reports tell of the same runs, and a trend
-- across 2023-05-24, when the codes of EMS dispatch changed, is an artefact.

{% set scopes = {"team": ["department", "team_code"], "department": ["department"]} %}
{% set periods = ["month", "year", "all"] %}
{% set grain = [
    "code_set",
    "scope_kind",
    "department",
    "team_code",
    "period_kind",
    "period_start",
] %}

with responses as (

    select
        code_set,
        department,
        team_code,
        dispatched_on,
        response_result
    from {{ ref("int_responses") }}
    where response_result <> 'not_a_response'

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

dated as (

    select
        responses.*,
        {{ month_and_year("responses.dispatched_on") }}
    from responses
    inner join today
        on responses.dispatched_on <= today.data_through

),

summed as (

    select
        {{ scope_and_period(scopes, periods) }},
        code_set,
        department,
        team_code,
        count(*) as n,
        count(case when response_result <> 'not_known' then 1 end) as denominator,
        count(case when response_result = 'nobody_found' then 1 end) as numerator,
        count(case when response_result = 'cancelled' then 1 end) as n_cancelled
    from dated
    group by {{ grouped_over(["code_set"], scopes, periods) }}

),

contacts as (

    select
        department,
        team_code,
        is_linked,
        {{ month_and_year("contacted_on") }}
    from {{ ref("contacts") }}
    where is_contact_made and contacted_on <= data_through

),

contacts_counted as (

    select
        {{ scope_and_period(scopes, periods) }},
        department,
        team_code,
        1 - count(case when is_linked then 1 end) / count(*) as share_not_linked
    from contacts
    group by {{ grouped_over([], scopes, periods) }}

),

counted as (

    select
        summed.*,
        'default' as link_threshold,
        contacts_counted.share_not_linked
    from summed
    left join contacts_counted
        on
            {% for column in grain if column != "code_set" -%}
                summed.{{ column }} is not distinct from contacts_counted.{{ column }}
                {% if not loop.last -%}
                    and
                {% endif -%}
            {% endfor %}
    where summed.scope_kind = 'department' or summed.team_code is not null

)

{{ rate_by_threshold("counted", grain, moved_by_links=false, also=["n_cancelled"]) }}
