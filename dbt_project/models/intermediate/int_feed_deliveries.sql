-- One row per feed that delivered: how much arrived, was refused, was held back.

with arrivals as (

    select
        feed,
        status,
        extracted_at,
        rows_in,
        rows_quarantined,
        has_manifest
    from {{ ref("stg_ledger__arrivals") }}

)

select
    feed,
    max(case when status = 'taken' then extracted_at end) as newest_extracted_at,
    count(case when status = 'taken' then 1 end) as n_deliveries,
    count(case when status = 'quarantined' then 1 end) as n_deliveries_refused,
    count(case when status = 'taken' and has_manifest then 1 end)
        as n_deliveries_with_manifest,
    cast(sum(case when status = 'taken' then rows_in else 0 end) as bigint)
        as n_rows,
    cast(
        sum(case when status = 'taken' then rows_quarantined else 0 end) as bigint
    ) as n_rows_held
from arrivals
group by feed
