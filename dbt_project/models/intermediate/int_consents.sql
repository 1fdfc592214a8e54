-- One row per client record, kind of consent, purpose and spell of days on which rows
-- bound to that consent may be used; open where valid_from or valid_to is null.
-- A row may be used when its day lies in a spell. A record has spells only while the
-- consent is in force today: a withdrawn or expired one takes its history along. What
-- one profile denies, no other profile of the record permits.

{% set first_day, last_day = "date '0001-01-01'", "date '9999-12-31'" %}

with crosswalk as (

    select
        source_client_record_id,
        client_record_id
    from {{ ref("int_client_record_crosswalk") }}

),

terms as (

    select
        replace(term, 'consent:', '') as consent,
        subject as purpose,
        value as when_silent
    from {{ ref("stg_governance__agreement_terms") }}
    where term like 'consent:%'

),

bound as (

    select
        replace(term, 'bound:', '') as consent,
        value as department
    from {{ ref("stg_governance__agreement_terms") }}
    where term like 'bound:%'

),

statements as (

    select
        crosswalk.client_record_id,
        statements.consent,
        statements.purpose,
        statements.consent_id,
        statements.said_on
    from {{ ref("stg_governance__consent_statements") }} as statements
    inner join crosswalk
        on statements.client_record_id = crosswalk.source_client_record_id
    where statements.is_refusal

),

ended as (

    select distinct consent_id
    from {{ ref("stg_governance__consent_statements") }}
    where is_refusal and consent_id is not null

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'dph_fhir'

),

delivered as (

    select
        crosswalk.client_record_id,
        'part2' as consent,
        terms.purpose,
        consents.valid_from,
        consents.valid_to,
        consents.status = 'active'
        and consents.provision_type = 'permit'
        and consents.category_code = '42CFRPart2'
        and ended.consent_id is null as is_permit,
        consents.status in ('active', 'rejected')
        and consents.provision_type = 'deny' as is_denial
    from {{ ref("stg_dph__consent") }} as consents
    inner join crosswalk
        on 'dph:fhir:' || consents.patient_id = crosswalk.source_client_record_id
    inner join terms
        on terms.consent = 'part2'
    left join ended
        on consents.consent_id = ended.consent_id

),

given as (

    select
        delivered.client_record_id,
        delivered.consent,
        delivered.purpose,
        coalesce(delivered.valid_from, {{ first_day }}) as starts_on,
        coalesce(
            cast(delivered.valid_to + interval '1' day as date), {{ last_day }}
        ) as ends_before,
        delivered.is_permit
    from delivered
    where
        delivered.is_denial
        or (
            delivered.is_permit
            and not exists (
                -- A consent signed after the revocation is a new will.
                select 1
                from statements
                where
                    statements.consent_id is null
                    and statements.client_record_id = delivered.client_record_id
                    and statements.consent = delivered.consent
                    and statements.purpose = delivered.purpose
                    and statements.said_on
                    >= coalesce(delivered.valid_from, statements.said_on)
            )
        )
    union all
    select distinct
        crosswalk.client_record_id,
        terms.consent,
        terms.purpose,
        {{ first_day }} as starts_on,
        {{ last_day }} as ends_before,
        true as is_permit
    from crosswalk
    inner join terms
        on terms.when_silent = 'permitted'
    left join bound
        on terms.consent = bound.consent
    where
        split_part(crosswalk.client_record_id, ':', 1)
        = coalesce(bound.department, split_part(crosswalk.client_record_id, ':', 1))
        and not exists (
            select 1
            from statements
            where
                statements.client_record_id = crosswalk.client_record_id
                and statements.consent = terms.consent
                and statements.purpose = terms.purpose
        )

),

in_force as (

    select
        given.client_record_id,
        given.consent,
        given.purpose
    from given
    left join today
        on true
    where
        given.ends_before = {{ last_day }} and given.starts_on = {{ first_day }}
        or (
            given.starts_on <= today.data_through
            and given.ends_before > today.data_through
        )
    group by given.client_record_id, given.consent, given.purpose
    having bool_and(given.is_permit)

),

days as (

    select
        client_record_id,
        consent,
        purpose,
        starts_on as turns_on
    from given
    union distinct
    select
        client_record_id,
        consent,
        purpose,
        ends_before as turns_on
    from given

),

pieces as (

    select
        client_record_id,
        consent,
        purpose,
        turns_on as starts_on,
        lead(turns_on) over (
            partition by client_record_id, consent, purpose
            order by turns_on
        ) as ends_before
    from days

),

permitted as (

    select
        pieces.client_record_id,
        pieces.consent,
        pieces.purpose,
        pieces.starts_on,
        pieces.ends_before
    from pieces
    inner join in_force
        on
            pieces.client_record_id = in_force.client_record_id
            and pieces.consent = in_force.consent
            and pieces.purpose = in_force.purpose
    inner join given
        on
            pieces.client_record_id = given.client_record_id
            and pieces.consent = given.consent
            and pieces.purpose = given.purpose
            and pieces.starts_on >= given.starts_on
            and pieces.ends_before <= given.ends_before
    group by
        pieces.client_record_id,
        pieces.consent,
        pieces.purpose,
        pieces.starts_on,
        pieces.ends_before
    having bool_and(given.is_permit)

),

marked as (

    select
        *,
        lag(ends_before) over (
            partition by client_record_id, consent, purpose
            order by starts_on
        ) as ended_before
    from permitted

),

numbered as (

    select
        *,
        sum(case when ended_before = starts_on then 0 else 1 end) over (
            partition by client_record_id, consent, purpose
            order by starts_on
        ) as spell
    from marked

)

select
    client_record_id,
    consent,
    purpose,
    nullif(min(starts_on), {{ first_day }}) as valid_from,
    case
        when max(ends_before) < {{ last_day }}
            then cast(max(ends_before) - interval '1' day as date)
    end as valid_to
from numbered
group by client_record_id, consent, purpose, spell
