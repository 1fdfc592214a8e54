-- One row per report of a contact: what one system wrote down about one meeting.
-- Test clients are out, and clients who object to analysis; reports of merged-away
-- records stand under the survivor.
-- A neighbourhood that is not the city's own name for one is free text and is dropped.

{% set branches = ["hsh", "fire", "dph", "dem"] %}

with reports as (

    {% for department in branches %}
        select
            source_report_id,
            client_record_id,
            source_system,
            team_code,
            contact_kind,
            contacted_at,
            contacted_on,
            time_precision,
            is_ambiguous_time,
            incident_number,
            is_contact_made,
            neighborhood
        from {{ ref("int_contact_reports__" ~ department) }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

crosswalk as (

    select
        source_client_record_id,
        client_record_id,
        is_test_client
    from {{ ref("int_client_record_crosswalk") }}

),

records as (

    select
        client_record_id,
        last_name is not null and dob is not null as is_identified
    from {{ ref("int_client_records") }}

),

teams as (

    select distinct
        team_code,
        department
    from {{ ref("int_teams") }}

),

neighborhoods as (

    select neighborhood
    from {{ ref("sf_neighborhood") }}

),

objections as (

    select source_client_record_id
    from {{ ref("int_objections") }}
    where purpose = 'analysis'

)

select
    {{ hashed_key(["reports.source_system", "reports.source_report_id"]) }}
        as report_key,
    reports.source_system,
    reports.source_report_id,
    records.client_record_id,
    coalesce(records.is_identified, false) as is_identified,

    coalesce(
        teams.department,
        case reports.source_system
            when 'hmis' then 'hsh'
            when 'epcr' then 'fire'
            when 'fhir' then 'dph'
            else 'dem'
        end
    ) as department,
    reports.team_code,
    reports.contact_kind,

    reports.contacted_at,
    reports.contacted_on,
    reports.time_precision,
    reports.is_ambiguous_time,
    reports.incident_number,
    reports.is_contact_made,
    neighborhoods.neighborhood
from reports
left join crosswalk
    on reports.client_record_id = crosswalk.source_client_record_id
left join records
    on crosswalk.client_record_id = records.client_record_id
left join teams
    on reports.team_code = teams.team_code
left join neighborhoods
    on reports.neighborhood = neighborhoods.neighborhood
left join objections
    on reports.client_record_id = objections.source_client_record_id
where
    not coalesce(crosswalk.is_test_client, false)
    and objections.source_client_record_id is null
