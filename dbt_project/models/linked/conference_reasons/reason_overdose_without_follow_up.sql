-- One row per overdose survived without a follow-up visit or hospital stay on that day
-- or the three days after, once these are over.

{% set follow_up_days = 3 %}

with contacts as (

    select
        person_id,
        contacted_on
    from {{ ref("conference_contacts") }}
    where contact_kind in ('overdose_follow_up', 'follow_up', 'inpatient')

)

select
    outcomes.person_id,
    outcomes.occurred_on as evidence_on
from {{ ref("outcomes") }} as outcomes
where
    outcomes.is_linked
    and outcomes.outcome_type = 'overdose'
    and outcomes.occurred_on + interval '{{ follow_up_days }}' day
    <= outcomes.data_through
    and not exists (
        select 1
        from contacts
        where
            contacts.person_id = outcomes.person_id
            and contacts.contacted_on
            between outcomes.occurred_on
            and outcomes.occurred_on + interval '{{ follow_up_days }}' day
    )
