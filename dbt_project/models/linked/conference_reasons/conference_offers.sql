-- One row per offer to a linked person in the 400 days up to data_through: as far back
-- as any reason for a case conference looks.

select
    offer_id,
    person_id,
    department,
    service_type,
    offered_on,
    offer_status,
    declined_by,
    fulfilled_on,
    data_through
from {{ ref("offers") }}
where
    is_linked
    and is_offer
    and offered_on between data_through - interval '400' day and data_through
