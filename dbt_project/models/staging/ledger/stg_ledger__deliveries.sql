-- One row per delivery taken; quarantined ones hold no rows and say nothing.

with renamed as (

    select
        delivery_id,
        feed,
        department,
        mode,
        extracted_at,
        period_start,
        period_end
    from {{ source("raw", "deliveries") }}
    where status = 'taken'

)

select * from renamed
