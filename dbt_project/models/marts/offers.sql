-- One row per resource offered to, or wanted by, a client at one contact.

select
    offer_id,
    contact_id,
    person_id,
    is_linked,

    department,
    team_code,
    service_type,
    shelter_type,

    offered_at,
    offered_on,
    offer_status,
    is_offer,
    is_resolved,
    is_accepted,
    declined_by,
    decline_reason,
    fulfilled_on,
    data_through
from {{ ref("told_offers") }}
