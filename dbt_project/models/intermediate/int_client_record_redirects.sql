-- One row per client record id that was merged away: the record that survives.
-- The health department says so (Patient.link replaced-by). HMIS does not: there the
-- enrolments of a vanished profile turn up under another one.

with recursive records as (

    select client_record_id
    from {{ ref("int_client_records__dph") }}
    union all
    select client_record_id
    from {{ ref("int_client_records__hsh") }}

),

carried as (

    select
        carried.personal_id as old_personal_id,
        enrolments.personal_id,
        count(*) as n_enrolments
    from {{ ref("stg_hsh__enrollment_client") }} as carried
    inner join {{ ref("stg_hsh__enrollment") }} as enrolments
        on carried.enrollment_id = enrolments.enrollment_id
    left join {{ ref("stg_hsh__client") }} as clients
        on carried.personal_id = clients.personal_id
    where
        clients.personal_id is null
        and carried.personal_id <> enrolments.personal_id
    group by carried.personal_id, enrolments.personal_id

),

relinked as (

    select
        old_personal_id,
        personal_id,
        row_number() over (
            partition by old_personal_id
            order by n_enrolments desc, personal_id asc
        ) as preference
    from carried

),

merged_ids as (

    select
        client_record_id as old_id,
        'dph:fhir:' || merged_into_id as new_id
    from {{ ref("int_client_records__dph") }}
    where merged_into_id <> source_record_id
    union all
    select
        'hsh:hmis:' || old_personal_id as old_id,
        'hsh:hmis:' || personal_id as new_id
    from relinked
    where preference = 1

),

walk as (

    select
        old_id,
        new_id,
        1 as hops
    from merged_ids
    union all
    select
        walk.old_id,
        merged_ids.new_id,
        walk.hops + 1 as hops
    from walk
    inner join merged_ids
        on walk.new_id = merged_ids.old_id
    where walk.hops < 10

)

select
    walk.old_id as old_client_record_id,
    walk.new_id as client_record_id
from walk
inner join records
    on walk.new_id = records.client_record_id
left join merged_ids
    on walk.new_id = merged_ids.old_id
where merged_ids.old_id is null
