-- One row per denominator, service (any), team (department, all), month (year, all).
-- Requests: what was offered or wanted and lacking. Encounters: contacts made, as the
-- Budget and Legislative Analyst counts.

{% set scopes = {
    "team": ["department", "team_code"],
    "department": ["department"],
    "all": [],
} %}
{% set periods = ["month", "year", "all"] %}
{% set grain = [
    "denominator_kind",
    "scope_kind",
    "department",
    "team_code",
    "service_kind",
    "service_type",
    "period_kind",
    "period_start",
] %}

with requests as (

    select
        contact_id,
        department,
        team_code,
        service_type,
        month_start,
        year_start,
        is_linked,
        offer_status = 'no_capacity' as is_lacking
    from {{ ref("resource_offers") }}
    where is_offer or offer_status = 'no_capacity'

),

contacts as (

    select
        contact_id,
        department,
        team_code,
        person_id,
        month_start,
        year_start
    from {{ ref("team_contacts") }}
    where is_counted

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

lacking as (

    select distinct
        contact_id,
        service_type
    from requests
    where is_lacking

),

requests_counted as (

    {% for fixed in [["service_type"], []] -%}
        select
            {{ scope_and_period(scopes, periods) }},
            department,
            team_code,
            {{ "'service'" if fixed else "'any'" }} as service_kind,
            {{ "service_type" if fixed else "cast(null as varchar) as service_type" }},
            count(*) as n,
            count(case when is_lacking then 1 end) as numerator,
            count(case when is_lacking and contact_id is null then 1 end)
                as n_without_contact,
            1 - count(case when is_linked then 1 end) / count(*) as share_not_linked
        from requests
        group by {{ grouped_over(fixed, scopes, periods) }}
        having count(*) > 0
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}

),

contacts_counted as (

    select
        {{ scope_and_period(scopes, periods) }},
        department,
        team_code,
        count(*) as n,
        1 - count(person_id) / count(*) as share_not_linked
    from contacts
    group by {{ grouped_over([], scopes, periods) }}
    having count(*) > 0

),

encounters as (

    select
        contacts.contact_id,
        contacts.department,
        contacts.team_code,
        contacts.month_start,
        contacts.year_start,
        lacking.service_type
    from contacts
    inner join lacking
        on contacts.contact_id = lacking.contact_id

),

encounters_counted as (

    {% for fixed in [["service_type"], []] -%}
        select
            {{ scope_and_period(scopes, periods) }},
            department,
            team_code,
            {{ "'service'" if fixed else "'any'" }} as service_kind,
            {{ "service_type" if fixed else "cast(null as varchar) as service_type" }},
            count(distinct contact_id) as numerator
        from encounters
        group by {{ grouped_over(fixed, scopes, periods) }}
        having count(*) > 0
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}

),

asked_for as (

    select distinct
        service_kind,
        service_type
    from requests_counted

),

counted as (

    select
        'requests' as denominator_kind,
        *,
        n as denominator,
        'default' as link_threshold
    from requests_counted
    union all by name
    select
        'encounters' as denominator_kind,
        contacts_counted.*,
        asked_for.service_kind,
        asked_for.service_type,
        coalesce(encounters_counted.numerator, 0) as numerator,
        contacts_counted.n as denominator,
        0 as n_without_contact,
        'default' as link_threshold
    from contacts_counted
    cross join asked_for
    left join encounters_counted
        on
            asked_for.service_kind = encounters_counted.service_kind
            and asked_for.service_type
            is not distinct from encounters_counted.service_type
            {% for column in [
                "scope_kind", "department", "team_code", "period_kind", "period_start",
            ] -%}
                and contacts_counted.{{ column }}
                is not distinct from encounters_counted.{{ column }}
            {% endfor %}

)

{{ rate_by_threshold(
    "counted", grain, moved_by_links=false, also=["n_without_contact"]
) }}
