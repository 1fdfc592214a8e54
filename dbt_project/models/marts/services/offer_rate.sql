-- One row per service, team (department, programme, all) and month (year, all).
-- A contact whose source does not say "not offered" tells nothing where it is silent:
-- it stands in n and in neither numerator nor denominator.

{% set scopes = {
    "team": ["programme", "department", "team_code"],
    "department": ["department"],
    "programme": ["programme"],
    "all": [],
} %}
{% set periods = ["month", "year", "all"] %}
{% set grain = [
    "scope_kind",
    "programme",
    "department",
    "team_code",
    "service_type",
    "period_kind",
    "period_start",
] %}

with met as (

    select
        contact_id,
        source_system,
        programme,
        department,
        team_code,
        person_id,
        month_start,
        year_start
    from {{ ref("team_contacts") }}
    where is_counted

),

offers as (

    select
        contact_id,
        service_type,
        bool_or(is_offer) as is_offered
    from {{ ref("resource_offers") }}
    where contact_id is not null
    group by contact_id, service_type

),

recorded as (

    select
        source_system,
        service_type
    from {{ ref("not_offered_recorded") }}

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

contacts_counted as (

    select
        {{ scope_and_period(scopes, periods) }},
        programme,
        department,
        team_code,
        count(*) as n,
        1 - count(person_id) / count(*) as share_not_linked
    from met
    group by {{ grouped_over([], scopes, periods) }}

),

told as (

    select
        met.programme,
        met.department,
        met.team_code,
        met.month_start,
        met.year_start,
        offers.service_type,
        offers.is_offered,
        recorded.service_type is not null as is_judged
    from met
    inner join offers
        on met.contact_id = offers.contact_id
    left join recorded
        on
            met.source_system = recorded.source_system
            and offers.service_type = recorded.service_type

),

offers_counted as (

    select
        {{ scope_and_period(scopes, periods) }},
        programme,
        department,
        team_code,
        service_type,
        count(case when is_judged and is_offered then 1 end) as numerator,
        count(case when is_judged then 1 end) as denominator,
        count(case when is_offered then 1 end) as n_with_offer
    from told
    group by {{ grouped_over(["service_type"], scopes, periods) }}

),

counted as (

    select
        offers_counted.*,
        'default' as link_threshold,
        contacts_counted.n,
        contacts_counted.share_not_linked,
        offers_counted.n_with_offer / contacts_counted.n as rate_at_least
    from offers_counted
    inner join contacts_counted
        on
            {% for column in grain if column != "service_type" -%}
                offers_counted.{{ column }}
                is not distinct from contacts_counted.{{ column }}
                {% if not loop.last -%}
                    and
                {% endif -%}
            {% endfor %}

)

{{ rate_by_threshold(
    "counted", grain, moved_by_links=false, also=["n_with_offer", "rate_at_least"]
) }}
