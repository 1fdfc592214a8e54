-- One row per offer of help that lasts, made within 30 days after the person refused
-- the same at another department.

with offers as (

    select
        offer_id,
        person_id,
        department,
        service_type,
        offered_on,
        offer_status,
        declined_by
    from {{ ref("conference_offers") }}
    where
        service_type in (
            'shelter',
            'housing',
            'treatment',
            'moud',
            'mental_health',
            'coordinated_entry'
        )

),

again as (

    select distinct
        again.offer_id,
        again.person_id,
        again.offered_on
    from offers as again
    inner join offers as refused
        on
            again.person_id = refused.person_id
            and again.service_type = refused.service_type
            and again.department <> refused.department
            and again.offered_on > refused.offered_on
            and again.offered_on <= refused.offered_on + interval '30' day
    where refused.offer_status = 'declined' and refused.declined_by = 'client'

)

select
    person_id,
    offered_on as evidence_on
from again
