-- One row per department, other department and window: how often a contact of the one
-- was followed by one of the other, whether or not anybody referred the client.

with waits as (

    select
        link_threshold,
        from_unit as from_department,
        to_unit as to_department,
        lag_days,
        observed_days,
        died_after_days,
        n_contacts
    from {{ ref("contact_lags") }}
    where unit_kind = 'department'

),

contacts as (

    select
        department,
        person_id
    from {{ ref("contacts_by_threshold") }}
    where link_threshold = 'default' and is_contact_made

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

not_linked as (

    select
        department,
        count(case when person_id is null then 1 end) / count(*) as share_not_linked
    from contacts
    group by department

),

judged as (

    {% for days in [7, 30] -%}
        select
            *,
            cast({{ days }} as bigint) as within_days,
            coalesce(lag_days <= {{ days }}, false) as is_followed,
            observed_days >= {{ days }}
            and (
                coalesce(lag_days <= {{ days }}, false)
                or coalesce(died_after_days > {{ days }}, true)
            ) as is_judged
        from waits
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

counted as (

    select
        judged.link_threshold,
        judged.from_department,
        judged.to_department,
        judged.within_days,
        cast(sum(judged.n_contacts) as bigint) as n,
        cast(
            coalesce(sum(judged.n_contacts) filter (where judged.is_judged), 0)
            as bigint
        ) as denominator,
        cast(
            coalesce(
                sum(judged.n_contacts)
                filter (where judged.is_judged and judged.is_followed),
                0
            ) as bigint
        ) as numerator,
        any_value(not_linked.share_not_linked) as share_not_linked
    from judged
    left join not_linked
        on judged.from_department = not_linked.department
    group by
        judged.link_threshold,
        judged.from_department,
        judged.to_department,
        judged.within_days

)

{{ rate_by_threshold("counted", ["from_department", "to_department", "within_days"]) }}
