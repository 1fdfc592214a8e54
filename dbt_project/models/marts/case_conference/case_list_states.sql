-- One row per listing and state: from when to when a person stood so on the case list.
-- The person is the one of today, followed through the identity ledger.

with entries as (

    select
        listing_id,
        entry_number,
        person_id,
        listed_person_id,
        identity_change,
        state,
        reason,
        team_code,
        decided_by,
        decided_at,
        lead(decided_at) over (
            partition by listing_id
            order by entry_number
        ) as next_decided_at
    from {{ source("linkage", "case_list") }}

),

open_listings as (

    select
        person_id,
        count(distinct listing_id) as n_open
    from entries
    where next_decided_at is null and state <> 'removed' and person_id is not null
    group by person_id

)

select
    entries.listing_id,
    entries.entry_number,
    entries.person_id,

    entries.state as list_state,
    entries.reason,
    entries.team_code,
    entries.decided_by,

    entries.decided_at as valid_from,
    entries.next_decided_at as valid_to,
    entries.next_decided_at is null as is_current,

    entries.listed_person_id,
    entries.identity_change,
    entries.identity_change <> 'same'
    or coalesce(open_listings.n_open, 0) > 1 as needs_review
from entries
left join open_listings
    on entries.person_id = open_listings.person_id
