-- One row per contact made: with whom, at three linkage thresholds, and if it counts.
-- Of several units of a team sent to one incident each reports: what they report of one
-- person is one meeting, the first, and a report of nobody we know is none besides: it
-- tells of the one person known there, and where there are several, of nobody.
-- Nearly all contacts are alone at their incident; only the others are compared.

with contacts as (

    select
        contact_id,
        client_record_id,
        department,
        source_system,
        team_code,
        incident_number,
        contacted_on
    from {{ ref("int_contacts") }}
    where is_contact_made

),

links as (

    select
        client_record_id,
        person_id,
        person_id_strict,
        person_id_loose
    from {{ source("linkage", "client_links") }}

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

linked as (

    select
        contacts.*,
        links.person_id,
        links.person_id_strict,
        links.person_id_loose
    from contacts
    left join links
        on contacts.client_record_id = links.client_record_id

),

shared as (

    select
        department,
        team_code,
        incident_number
    from contacts
    where incident_number is not null
    group by department, team_code, incident_number
    having count(*) > 1

),

compared as (

    select
        linked.contact_id,
        case
            when linked.person_id is not null
                then
                    first_value(linked.contact_id) over (
                        partition by
                            linked.department,
                            linked.team_code,
                            linked.incident_number,
                            linked.person_id
                        order by linked.contacted_on, linked.contact_id
                    )
            when
                coalesce(
                    min(linked.person_id) over of_incident
                    = max(linked.person_id) over of_incident,
                    true
                )
                then
                    first_value(linked.contact_id) over (
                        partition by
                            linked.department, linked.team_code, linked.incident_number
                        order by
                            linked.person_id is null,
                            linked.contacted_on,
                            linked.contact_id
                    )
        end as meeting_id,
        {% for end in ["", "_strict", "_loose"] -%}
            row_number() over (
                partition by
                    linked.department,
                    linked.team_code,
                    linked.incident_number,
                    linked.person_id{{ end }}
                order by linked.contacted_on, linked.contact_id
            ) = 1
            and (
                linked.person_id{{ end }} is not null
                or count(linked.person_id{{ end }}) over (
                    partition by
                        linked.department, linked.team_code, linked.incident_number
                ) = 0
            ) as is_counted{{ end }}
            {%- if not loop.last %},{% endif %}
        {% endfor %}
    from linked
    inner join shared
        on
            linked.incident_number = shared.incident_number
            and linked.department = shared.department
            and linked.team_code is not distinct from shared.team_code
    window of_incident as (
        partition by linked.department, linked.team_code, linked.incident_number
    )

)

select
    linked.contact_id,
    coalesce(compared.meeting_id, linked.contact_id) as meeting_id,
    linked.person_id,
    linked.person_id_strict,
    linked.person_id_loose,
    coalesce(compared.is_counted, true) as is_counted,
    coalesce(compared.is_counted_strict, true) as is_counted_strict,
    coalesce(compared.is_counted_loose, true) as is_counted_loose,

    programmes.programme,
    linked.department,
    linked.source_system,
    linked.team_code,

    linked.contacted_on,
    {{ month_and_year("linked.contacted_on") }},
    today.data_through
from linked
inner join today
    on linked.contacted_on <= today.data_through
left join compared
    on linked.contact_id = compared.contact_id
left join programmes
    on linked.team_code = programmes.team_code
