-- One row per source (kind of contact, all), month (year, all) and sort of link.
-- Whether a contact leads to a person, to another record of the person, or to one that
-- another department wrote.

{% set scopes = {
    "contact_kind": ["source_system", "contact_kind"],
    "source_system": ["source_system"],
    "all": [],
} %}
{% set periods = ["month", "year", "all"] %}
{% set thresholds = {"default": "", "strict": "_strict", "loose": "_loose"} %}
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
        person_id,
        person_id_strict,
        person_id_loose,
        split_part(client_record_id, ':', 1) as department
    from {{ source("linkage", "client_links") }}

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

{% for name, end in thresholds.items() -%}
    people_{{ name }} as (

        select
            person_id{{ end }} as whose,
            count(*) > 1 as is_known_elsewhere,
            count(distinct department) > 1 as is_known_to_others
        from links
        where person_id{{ end }} is not null
        group by person_id{{ end }}

    ),

{% endfor -%}

reached as (

    {% for name, end in thresholds.items() -%}
        select
            '{{ name }}' as link_threshold,
            contacts.source_system,
            contacts.contact_kind,
            {{ month_and_year("contacts.contacted_on") }},
            count(*) as n,
            count(people.whose) as n_person,
            count(case when people.is_known_elsewhere then 1 end) as n_other_record,
            count(case when people.is_known_to_others then 1 end)
                as n_other_department
        from contacts
        inner join today
            on contacts.contacted_on <= today.data_through
        left join links
            on contacts.client_record_id = links.client_record_id
        left join people_{{ name }} as people
            on links.person_id{{ end }} = people.whose
        group by
            contacts.source_system,
            contacts.contact_kind,
            date_trunc('month', contacts.contacted_on),
            date_trunc('year', contacts.contacted_on)
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor %}

),

summed as (

    select
        {{ scope_and_period(scopes, periods) }},
        link_threshold,
        source_system,
        contact_kind,
        {% for figure in ["n", "n_person", "n_other_record", "n_other_department"] -%}
            cast(sum({{ figure }}) as bigint) as {{ figure }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
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
