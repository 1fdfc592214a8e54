-- One row per client record id and moment its department told what became of it:
-- it stands for itself, was merged into another, or was deleted.
-- Health and log tell it by versions. HMIS tells it by what a delivery holds: a profile
-- that is deleted, or absent from a full refresh that covers it, while enrolments it
-- carried stand under another one, was merged into that one. Its moments are therefore
-- those at which exports were made. A care report sent again under another number was
-- merged into that; of others nothing is told.
-- Of what is told of one moment the greater precedence counts, then the greater row
-- number: a tombstone (2), another record that replaces this one (1), its own versions
-- (0). So raw rows are told apart too (latest_version), and so is a record of which a
-- version has no time: by its deliveries alone.

with deliveries as (

    select
        delivery_id,
        feed,
        mode,
        extracted_at,
        period_start,
        period_end
    from {{ ref("stg_ledger__deliveries") }}

),

profiles as (

    select
        personal_id,
        delivery_id,
        bool_and(is_deleted) as is_deleted
    from {{ ref("stg_hsh__client_version") }}
    group by personal_id, delivery_id

),

first_seen as (

    select
        personal_id,
        min(delivery_id) as first_delivery_id,
        min(created_on) as created_on
    from {{ ref("stg_hsh__client_version") }}
    group by personal_id

),

absent as (

    select
        first_seen.personal_id,
        refreshes.delivery_id
    from first_seen
    inner join deliveries as refreshes
        on
            refreshes.feed = 'hsh_hmis'
            and refreshes.mode = 'full'
            and first_seen.first_delivery_id < refreshes.delivery_id
            and first_seen.created_on >= refreshes.period_start
            and first_seen.created_on <= refreshes.period_end
    left join profiles
        on
            first_seen.personal_id = profiles.personal_id
            and refreshes.delivery_id = profiles.delivery_id
    where profiles.personal_id is null

),

hmis_states as (

    select
        personal_id,
        delivery_id,
        is_deleted as is_gone
    from profiles
    union all
    select
        personal_id,
        delivery_id,
        true as is_gone
    from absent

),

owners as (

    select
        hmis_states.personal_id,
        hmis_states.delivery_id,
        earlier.enrollment_id,
        later.personal_id as owner_id,
        row_number() over (
            partition by
                hmis_states.personal_id,
                hmis_states.delivery_id,
                earlier.enrollment_id
            order by
                later.first_seen_delivery_id desc,
                later.last_seen_delivery_id desc,
                later.personal_id asc
        ) as place
    from hmis_states
    inner join {{ ref("stg_hsh__enrollment_client") }} as earlier
        on hmis_states.personal_id = earlier.personal_id
    inner join {{ ref("stg_hsh__enrollment_client") }} as later
        on
            earlier.enrollment_id = later.enrollment_id
            and earlier.personal_id <> later.personal_id
            and earlier.first_seen_delivery_id <= later.first_seen_delivery_id
            and hmis_states.delivery_id >= later.first_seen_delivery_id
    where hmis_states.is_gone

),

successions as (

    select
        personal_id,
        delivery_id,
        owner_id as successor_id,
        row_number() over (
            partition by personal_id, delivery_id
            order by count(*) desc, owner_id asc
        ) as preference
    from owners
    where place = 1
    group by personal_id, delivery_id, owner_id

),

reports as (

    select
        report_id,
        delivery_id,
        unnest(delivered_ids) as delivered_id
    from {{ ref("stg_fire__epcr") }}

),

told as (

    select
        'hsh:hmis:' || hmis_states.personal_id as source_client_record_id,
        case when hmis_states.is_gone then 'hsh:hmis:' || successions.successor_id end
            as merged_into_id,
        hmis_states.is_gone,
        deliveries.extracted_at as told_at,
        hmis_states.delivery_id,
        0 as precedence,
        cast(0 as bigint) as row_number
    from hmis_states
    inner join deliveries
        on hmis_states.delivery_id = deliveries.delivery_id
    left join successions
        on
            hmis_states.personal_id = successions.personal_id
            and hmis_states.delivery_id = successions.delivery_id
            and successions.preference = 1
    union all
    select
        'dph:fhir:' || versions.patient_id as source_client_record_id,
        'dph:fhir:' || nullif(versions.replaced_by_patient_id, versions.patient_id)
            as merged_into_id,
        versions.is_deleted as is_gone,
        case
            when
                bool_and(versions.updated_at is not null)
                    over (partition by versions.patient_id)
                then versions.updated_at
            else deliveries.extracted_at
        end as told_at,
        versions.delivery_id,
        case when versions.is_deleted then 2 else 0 end as precedence,
        versions.row_number
    from {{ ref("stg_dph__patient_version") }} as versions
    left join deliveries
        on versions.delivery_id = deliveries.delivery_id
    union all
    select
        'dph:fhir:' || other_patient_id as source_client_record_id,
        'dph:fhir:' || patient_id as merged_into_id,
        false as is_gone,
        updated_at as told_at,
        delivery_id,
        1 as precedence,
        cast(0 as bigint) as row_number
    from {{ ref("stg_dph__patient_link") }}
    where link_type = 'replaces' and other_patient_id <> patient_id
    union all
    select
        'fire:epcr:' || reports.delivered_id as source_client_record_id,
        'fire:epcr:' || reports.report_id as merged_into_id,
        false as is_gone,
        deliveries.extracted_at as told_at,
        reports.delivery_id,
        1 as precedence,
        cast(0 as bigint) as row_number
    from reports
    left join deliveries
        on reports.delivery_id = deliveries.delivery_id
    left join reports as standing
        on
            reports.delivered_id = standing.report_id
            and reports.delivered_id = standing.delivered_id
    where standing.report_id is null
    union all
    select
        'dem:team_log:' || versions.contact_id as source_client_record_id,
        'dem:team_log:' || nullif(versions.master_contact_id, versions.contact_id)
            as merged_into_id,
        versions.is_deleted as is_gone,
        case
            when
                bool_and(versions.updated_at is not null)
                    over (partition by versions.contact_id)
                then versions.updated_at
            else deliveries.extracted_at
        end as told_at,
        versions.delivery_id,
        case when versions.is_deleted then 2 else 0 end as precedence,
        versions.row_number
    from {{ ref("stg_dem__team_log_version") }} as versions
    left join deliveries
        on versions.delivery_id = deliveries.delivery_id

)

select
    source_client_record_id,
    case
        when merged_into_id is not null then 'merged_away'
        when is_gone then 'deleted'
        else 'itself'
    end as state,
    case
        when merged_into_id is not null then merged_into_id
        when not is_gone then source_client_record_id
    end as stands_for_id,
    told_at,
    delivery_id,
    precedence,
    row_number
from told
