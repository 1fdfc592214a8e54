-- One row per person and linkage threshold: from when to when anybody can be watched.

with records as (

    select
        client_record_id,
        first_seen_on,
        last_seen_on
    from {{ ref("int_client_records") }}

),

links as (

    select
        client_record_id,
        link_threshold,
        person_id
    from {{ ref("links_by_threshold") }}
    where person_id is not null

),

days as (

    select
        links.link_threshold,
        links.person_id,
        records.first_seen_on,
        records.last_seen_on
    from links
    inner join records
        on links.client_record_id = records.client_record_id
    union all
    select
        link_threshold,
        person_id,
        contacted_on as first_seen_on,
        contacted_on as last_seen_on
    from {{ ref("contacts_by_threshold") }}
    where person_id is not null

),

seen as (

    select
        link_threshold,
        person_id,
        min(first_seen_on) as first_seen_on,
        max(last_seen_on) as last_seen_on
    from days
    group by link_threshold, person_id

),

deaths as (

    select
        link_threshold,
        person_id,
        min(occurred_on) as died_on
    from {{ ref("outcomes_by_threshold") }}
    where outcome_type = 'death' and person_id is not null
    group by link_threshold, person_id

)

select
    seen.person_id,
    seen.link_threshold,

    seen.first_seen_on,
    seen.last_seen_on,
    deaths.died_on
from seen
left join deaths
    on
        seen.link_threshold = deaths.link_threshold
        and seen.person_id = deaths.person_id
