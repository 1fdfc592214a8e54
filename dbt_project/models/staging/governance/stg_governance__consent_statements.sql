-- One row per client record, kind of consent and purpose: the last word written down by
-- a steward; or a consent that its department delivered as ended, by its id.

with renamed as (

    select
        client_record_id,
        consent,
        purpose,
        nullif(consent_id, '') as consent_id,
        said,
        said in ('revoked', 'objected') as is_refusal,
        said_on
    from {{ source("raw", "consent_statements") }}

)

select * from renamed
