-- One row per feed that delivered: the last local day its deliveries cover whole.
-- Plus one row 'overall', the earliest of the feeds that carry clients: no outcome is
-- judged beyond it.

with deliveries as (

    select
        delivery_id,
        feed,
        extracted_at,
        period_end
    from {{ ref("stg_ledger__deliveries") }}

),

feeds as (

    select
        feed,
        department,
        carries_clients
    from {{ ref("feeds") }}

),

covered as (

    select
        feeds.feed,
        feeds.department,
        feeds.carries_clients,
        max(deliveries.delivery_id) as last_delivery_id,
        max(
            least(
                cast({{ local_from_utc("deliveries.extracted_at") }} as date)
                - interval '1' day,
                coalesce(deliveries.period_end, date '9999-12-31')
            )
        ) as data_through
    from deliveries
    inner join feeds
        on deliveries.feed = feeds.feed
    group by feeds.feed, feeds.department, feeds.carries_clients

)

select
    feed,
    department,
    last_delivery_id,
    cast(data_through as date) as data_through
from covered
union all
select
    'overall' as feed,
    cast(null as varchar) as department,
    cast(null as varchar) as last_delivery_id,
    cast(min(data_through) as date) as data_through
from covered
where carries_clients
