-- One row per feed: its newest delivery, how far it reaches, and what was held back.

with feeds as (

    select
        feed,
        department,
        carries_clients
    from {{ ref("feeds") }}

),

delivered as (

    select
        feed,
        newest_extracted_at,
        n_deliveries,
        n_deliveries_refused,
        n_deliveries_with_manifest,
        n_rows,
        n_rows_held
    from {{ ref("int_feed_deliveries") }}

),

reached as (

    select
        feed,
        data_through
    from {{ ref("int_data_through") }}

)

select
    feeds.feed,
    feeds.department,
    feeds.carries_clients,

    delivered.newest_extracted_at,
    reached.data_through,

    coalesce(delivered.n_deliveries, 0) as n_deliveries,
    coalesce(delivered.n_deliveries_refused, 0) as n_deliveries_refused,
    coalesce(delivered.n_deliveries_with_manifest, 0) as n_deliveries_with_manifest,
    coalesce(delivered.n_rows, 0) as n_rows,
    coalesce(delivered.n_rows_held, 0) as n_rows_held,
    delivered.n_rows_held / nullif(delivered.n_rows, 0) as share_of_rows_held
from feeds
left join delivered
    on feeds.feed = delivered.feed
left join reached
    on feeds.feed = reached.feed
