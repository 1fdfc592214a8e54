-- One row per linkage threshold and meeting of a team with a person at one incident.
-- Of several units of a team sent to one incident each reports: what they report of one
-- person is one meeting, and a report of nobody we know is none besides.

with contacts as (

    select
        contact_id,
        client_record_id,
        department,
        team_code,
        coalesce(incident_number, contact_id) as incident,
        contacted_on
    from {{ ref("int_contacts") }}
    where is_contact_made

),

links as (

    select
        client_record_id,
        link_threshold,
        person_id
    from {{ ref("links_by_threshold") }}

),

thresholds as (

    select unnest(['default', 'strict', 'loose']) as link_threshold

),

programmes as (

    select
        team_code,
        programme
    from {{ ref("int_teams_by_programme") }}

),

today as (

    select data_through
    from {{ ref("int_data_through") }}
    where feed = 'overall'

),

meetings as (

    select
        thresholds.link_threshold,
        contacts.department,
        contacts.team_code,
        contacts.incident,
        links.person_id,
        min(contacts.contact_id) as contact_id,
        min(contacts.contacted_on) as contacted_on
    from contacts
    cross join thresholds
    left join links
        on
            contacts.client_record_id = links.client_record_id
            and thresholds.link_threshold = links.link_threshold
    group by
        thresholds.link_threshold,
        contacts.department,
        contacts.team_code,
        contacts.incident,
        links.person_id

),

known as (

    select
        *,
        count(person_id) over (
            partition by link_threshold, department, team_code, incident
        ) as n_people
    from meetings

)

select
    known.contact_id,
    known.link_threshold,
    known.person_id,
    programmes.programme,
    known.department,
    known.team_code,
    known.contacted_on,
    today.data_through
from known
left join programmes
    on known.team_code = programmes.team_code
cross join today
where
    (known.person_id is not null or known.n_people = 0)
    and known.contacted_on <= today.data_through
