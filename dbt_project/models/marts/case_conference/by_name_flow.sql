-- One row per whole month: who came onto the by-name list as active, and who left it.

with spells as (

    select
        link_threshold,
        person_id,
        began_by,
        active_from,
        active_to,
        ended_by
    from {{ ref("active_spells") }}

),

contacts as (

    select
        date_trunc('month', contacted_on) as flow_month,
        count(*) as n_contacts,
        count(case when person_id is null then 1 end) as n_not_linked
    from {{ ref("contacts_by_threshold") }}
    where
        link_threshold = 'default'
        and is_contact_made
        and contact_kind in ('outreach', 'encampment_operation')
    group by date_trunc('month', contacted_on)

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

bounds as (

    select
        date_trunc('month', min(spells.active_from)) as first_month,
        date_trunc('month', max(today.data_through) + interval '1' day)
        - interval '1' month as last_month
    from spells
    cross join today

),

months as (

    select
        cast(flow_month as date) as flow_month,
        cast(flow_month + interval '1' month - interval '1' day as date) as last_day,
        cast(
            row_number() over (order by flow_month) as bigint
        ) as months_of_history
    from (
        select
            unnest(
                generate_series(first_month, last_month, interval '1' month)
            ) as flow_month
        from bounds
    ) as every_month

),

came as (

    select
        cast(date_trunc('month', active_from) as date) as flow_month,
        count(case when began_by = 'new' then 1 end) as n_new,
        count(case when began_by = 'returned_housing' then 1 end)
            as n_returned_housing,
        count(case when began_by = 'returned_inactive' then 1 end)
            as n_returned_inactive
    from spells
    where link_threshold = 'default'
    group by date_trunc('month', active_from)

),

went as (

    select
        cast(date_trunc('month', active_to) as date) as flow_month,
        count(case when ended_by = 'housed' then 1 end) as n_housed,
        count(case when ended_by = 'inactive' then 1 end) as n_inactive,
        count(case when ended_by = 'deceased' then 1 end) as n_deceased
    from spells
    where link_threshold = 'default' and active_to is not null
    group by date_trunc('month', active_to)

),

-- Counted on the last day of each month, not from the flow: the balance is a check.
stock as (

    select
        months.flow_month,
        {% for threshold in ["default", "strict", "loose"] -%}
            count(case when spells.link_threshold = '{{ threshold }}' then 1 end)
                as n_active_{{ threshold }},
        {% endfor -%}
        max(months.months_of_history) as months_of_history
    from months
    left join spells
        on
            months.last_day >= spells.active_from
            and months.last_day < coalesce(spells.active_to, date '9999-12-31')
    group by months.flow_month

)

select
    stock.flow_month,

    coalesce(
        lag(stock.n_active_default) over (order by stock.flow_month), 0
    ) as n_active_before,
    coalesce(came.n_new, 0) as n_new,
    coalesce(came.n_returned_housing, 0) as n_returned_housing,
    coalesce(came.n_returned_inactive, 0) as n_returned_inactive,
    coalesce(went.n_housed, 0) as n_housed,
    coalesce(went.n_inactive, 0) as n_inactive,
    coalesce(went.n_deceased, 0) as n_deceased,
    stock.n_active_default as n_active,

    stock.n_active_strict,
    stock.n_active_loose,
    contacts.n_not_linked / nullif(contacts.n_contacts, 0) as share_not_linked,
    stock.months_of_history,
    today.data_through
from stock
cross join today
left join came
    on stock.flow_month = came.flow_month
left join went
    on stock.flow_month = went.flow_month
left join contacts
    on stock.flow_month = contacts.flow_month
