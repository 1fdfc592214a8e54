-- One row per contact of a team with a client, linked to a person or not.

with contacts as (

    select
        contact_id,
        client_record_id,
        department,
        source_system,
        team_code,
        contact_kind,
        contacted_at,
        contacted_on,
        time_precision,
        is_ambiguous_time,
        is_contact_made,
        neighborhood,
        n_reports
    from {{ ref("int_contacts") }}

),

links as (

    select
        client_record_id,
        person_id
    from {{ source("linkage", "client_links") }}

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

)

select
    contacts.contact_id,
    links.person_id,
    links.person_id is not null as is_linked,

    contacts.department,
    contacts.source_system,
    contacts.team_code,
    contacts.contact_kind,
    contacts.is_contact_made,
    contacts.n_reports,

    contacts.contacted_at,
    contacts.contacted_on,
    contacts.time_precision,
    contacts.is_ambiguous_time,
    contacts.neighborhood,
    today.data_through
from contacts
left join links
    on contacts.client_record_id = links.client_record_id
left join today
    on true
