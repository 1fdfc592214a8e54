-- One row per delivery that arrived, taken or refused whole, with its rows.

with renamed as (

    select
        delivery_id,
        feed,
        status,
        extracted_at,
        taken_at,
        rows_in,
        rows_quarantined,
        manifest_sha256 is not null as has_manifest
    from {{ source("raw", "deliveries") }}
    where status in ('taken', 'quarantined')

)

select * from renamed
