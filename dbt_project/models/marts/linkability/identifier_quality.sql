-- One row per department and identifier: is it there, is it usable, does it tell apart.

with held as (

    select
        department,
        identifier,
        n_records,
        n_delivered,
        n_usable,
        n_distinct,
        share_unique,
        entropy_bits,
        chance_matches,
        estimated_by
    from {{ source("linkage", "identifier_quality") }}

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

)

select
    held.department,
    held.identifier,

    held.n_records,
    held.n_delivered,
    held.n_usable,
    held.n_delivered / nullif(held.n_records, 0) as completeness,
    held.n_usable / nullif(held.n_delivered, 0) as validity,
    held.n_usable / nullif(held.n_records, 0) as share_usable,
    {{ wilson_low("held.n_usable", "held.n_records") }} as share_usable_low,
    {{ wilson_high("held.n_usable", "held.n_records") }} as share_usable_high,

    held.n_distinct,
    held.share_unique,
    held.entropy_bits,
    held.chance_matches,

    held.estimated_by,
    today.data_through
from held
left join today
    on true
