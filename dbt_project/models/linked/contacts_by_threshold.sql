-- One row per contact and linkage threshold: whom the team met, as linked there.

with contacts as (

    select
        contact_id,
        client_record_id,
        department,
        source_system,
        team_code,
        contact_kind,
        is_contact_made,
        contacted_at,
        contacted_on,
        time_precision,
        neighborhood
    from {{ ref("int_contacts") }}

),

thresholds as (

    {{ link_thresholds() }}

),

links as (

    select
        client_record_id,
        link_threshold,
        person_id
    from {{ ref("links_by_threshold") }}

)

select
    contacts.contact_id,
    thresholds.link_threshold,
    links.person_id,

    contacts.department,
    contacts.source_system,
    contacts.team_code,
    contacts.contact_kind,
    contacts.is_contact_made,

    contacts.contacted_at,
    contacts.contacted_on,
    contacts.time_precision,
    contacts.neighborhood
from contacts
cross join thresholds
left join links
    on
        contacts.client_record_id = links.client_record_id
        and thresholds.link_threshold = links.link_threshold
