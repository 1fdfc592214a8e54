-- One row per person, linkage threshold and spell of days that shows homelessness.
-- A street team sought the person out, a project for homeless people enrolled them, or
-- they stayed in a shelter. A crisis or a hospital visit alone shows none. For the
-- by-name flow only; whom departments may talk about int_eligibility says, by the law.

with contacts as (

    select
        link_threshold,
        person_id,
        contact_kind,
        contacted_on
    from {{ ref("contacts_by_threshold") }}
    where is_contact_made and person_id is not null

),

enrolments as (

    select
        link_threshold,
        person_id,
        is_homeless_project,
        entry_date
    from {{ ref("enrollments_by_threshold") }}
    where person_id is not null

),

stays as (

    select
        link_threshold,
        person_id,
        stay_kind,
        entered_on,
        left_on
    from {{ ref("stays_by_threshold") }}
    where person_id is not null

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

evidence as (

    select
        link_threshold,
        person_id,
        'street_contact' as evidence,
        contacted_on as shown_from,
        contacted_on as shown_to
    from contacts
    where contact_kind in ('outreach', 'encampment_operation')
    union
    select
        link_threshold,
        person_id,
        'enrolment' as evidence,
        entry_date as shown_from,
        entry_date as shown_to
    from enrolments
    where is_homeless_project
    union
    select
        link_threshold,
        person_id,
        'shelter_stay' as evidence,
        entered_on as shown_from,
        greatest(entered_on, coalesce(left_on, date '9999-12-31')) as shown_to
    from stays
    where stay_kind = 'shelter'

)

select
    evidence.person_id,
    evidence.link_threshold,

    evidence.evidence,
    evidence.shown_from,
    least(evidence.shown_to, today.data_through) as shown_to
from evidence
inner join today
    on evidence.shown_from <= today.data_through
