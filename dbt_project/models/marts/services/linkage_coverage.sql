-- One row per source (kind of contact, all), month (year, all) and sort of link.
-- Whether a contact leads to a person, to another record of the person, or to one that
-- another department wrote.

{% set scopes = {
    "contact_kind": ["source_system", "contact_kind"],
    "source_system": ["source_system"],
    "all": [],
} %}
{% set periods = ["month", "year", "all"] %}
{% set grain = [
    "scope_kind",
    "source_system",
    "contact_kind",
    "period_kind",
    "period_start",
    "linked_to",
] %}

with contacts as (

    select
        contact_id,
        client_record_id,
        source_system,
        contact_kind,
        contacted_on
    from {{ ref("int_contacts") }}
    where is_contact_made

),

links as (

    select
        client_record_id,
        link_threshold,
        person_id,
        split_part(client_record_id, ':', 1) as department
    from {{ ref("links_by_threshold") }}
    where person_id is not null

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

people as (

    select
        link_threshold,
        person_id,
        count(*) as n_client_records,
        count(distinct department) as n_departments
    from links
    group by link_threshold, person_id

),

thresholds as (

    select unnest(['default', 'strict', 'loose']) as link_threshold

),

reached as (

    select
        thresholds.link_threshold,
        contacts.source_system,
        contacts.contact_kind,
        {{ month_and_year("contacts.contacted_on") }},
        coalesce(people.n_client_records, 0) as n_client_records,
        coalesce(people.n_departments, 0) as n_departments
    from contacts
    cross join thresholds
    inner join today
        on contacts.contacted_on <= today.data_through
    left join links
        on
            contacts.client_record_id = links.client_record_id
            and thresholds.link_threshold = links.link_threshold
    left join people
        on
            links.link_threshold = people.link_threshold
            and links.person_id = people.person_id

),

summed as (

    select
        {{ scope_and_period(scopes, periods) }},
        link_threshold,
        source_system,
        contact_kind,
        count(*) as n,
        count(case when n_client_records > 0 then 1 end) as n_person,
        count(case when n_client_records > 1 then 1 end) as n_other_record,
        count(case when n_departments > 1 then 1 end) as n_other_department
    from reached
    group by {{ grouped_over(["link_threshold"], scopes, periods) }}

),

counted as (

    {% for linked_to in ["person", "other_record", "other_department"] -%}
        select
            scope_kind,
            source_system,
            contact_kind,
            period_kind,
            period_start,
            '{{ linked_to }}' as linked_to,
            link_threshold,
            n,
            n as denominator,
            n_{{ linked_to }} as numerator,
            1 - n_person / n as share_not_linked
        from summed
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}

)

{{ rate_by_threshold("counted", grain) }}
