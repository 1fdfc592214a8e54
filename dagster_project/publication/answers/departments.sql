-- One row per measure of how people meet several departments.

with known as (

    select
        person_id,
        count(distinct department) as n_departments
    from marts.contacts
    where is_linked and is_contact_made
    group by person_id

),

spread as (

    select
        n_departments as place,
        'persons met by ' || n_departments || case
            when n_departments = 1 then ' department' else ' departments'
        end as measure,
        count(*) as n,
        sum(count(*)) over () as out_of
    from known
    group by n_departments

),

crises as (

    select distinct
        intervention_id,
        is_followed_up_7d
    from marts.interventions_to_outcomes
    where intervention_type = 'crisis_response' and landmark_on <= data_through

),

met as (

    select
        contact_id,
        person_id,
        department,
        contact_kind,
        contacted_at,
        data_through
    from marts.contacts
    where is_linked and is_contact_made

),

overdoses as (

    select
        overdose.contact_id,
        bool_or(coalesce(later.contact_id is not null, false)) as is_followed_up_72h
    from met as overdose
    left join met as later
        on
            overdose.person_id = later.person_id
            and overdose.department <> later.department
            and later.contact_kind in ('overdose_follow_up', 'follow_up', 'outreach')
            and later.contacted_at > overdose.contacted_at
            and later.contacted_at <= overdose.contacted_at + interval '72' hour
    where
        overdose.contact_kind = 'overdose'
        and overdose.contacted_at + interval '72' hour <= overdose.data_through
    group by overdose.contact_id

),

follow_ups as (

    select
        10 as place,
        'crises after which another department came within 7 days' as measure,
        count(*) filter (where is_followed_up_7d) as n,
        count(*) as out_of
    from crises

    union all

    select
        11 as place,
        'overdoses followed up by another department within 72 hours' as measure,
        count(*) filter (where is_followed_up_72h) as n,
        count(*) as out_of
    from overdoses

),

unlinked as (

    select
        20 + row_number() over (order by department) as place,
        'contacts of ' || department || ' with a person nobody could name' as measure,
        count(*) filter (where not is_linked) as n,
        count(*) as out_of
    from marts.contacts
    where is_contact_made
    group by department

),

every_measure as (

    select * from spread
    union all
    select * from follow_ups
    union all
    select * from unlinked

)

select
    measure,
    cast(n as bigint) as n,
    cast(out_of as bigint) as n_out_of,
    n / nullif(out_of, 0) as share
from every_measure
order by place
