-- One row per term of the sharing agreement that models obey.

with renamed as (

    select
        term,
        subject,
        value
    from {{ source("raw", "agreement_terms") }}

)

select * from renamed
