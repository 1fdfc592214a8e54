-- One row per contact made with a linked person in the 400 days up to data_through:
-- as far back as any reason for a case conference looks.

select
    person_id,
    department,
    contact_kind,
    contacted_on,
    date_diff('day', contacted_on, data_through) as days_ago
from {{ ref("contacts") }}
where
    is_linked
    and is_contact_made
    and contacted_on between data_through - interval '400' day and data_through
