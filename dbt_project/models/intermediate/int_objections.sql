-- One row per id of a client record and purpose it must not be used for: revoked,
-- objected to, here or in another profile of the same record, for its history too.
-- Consents that must be given are not here (int_consents): their silence refuses.

with terms as (

    select
        replace(term, 'consent:', '') as consent,
        subject as purpose
    from {{ ref("stg_governance__agreement_terms") }}
    where term like 'consent:%' and value = 'permitted'

),

refusals as (

    select
        statements.client_record_id,
        statements.purpose
    from {{ ref("stg_governance__consent_statements") }} as statements
    inner join terms
        on
            statements.consent = terms.consent
            and statements.purpose = terms.purpose
    where
        statements.is_refusal
        and statements.consent_id is null

),

redirects as (

    select
        old_client_record_id,
        client_record_id
    from {{ ref("int_client_record_redirects") }}

),

whole_records as (

    select distinct
        coalesce(redirects.client_record_id, refusals.client_record_id)
            as client_record_id,
        refusals.purpose
    from refusals
    left join redirects
        on refusals.client_record_id = redirects.old_client_record_id

)

select
    client_record_id as source_client_record_id,
    client_record_id,
    purpose
from whole_records
union all
select
    redirects.old_client_record_id as source_client_record_id,
    whole_records.client_record_id,
    whole_records.purpose
from whole_records
inner join redirects
    on whole_records.client_record_id = redirects.client_record_id
