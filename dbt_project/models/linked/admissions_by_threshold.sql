-- One row per hospital stay and linkage threshold: whose it is there, from when to
-- when. Stays of 42 CFR Part 2 programmes are there only under a consent in force.

with reports as (

    select
        source_report_id,
        client_record_id as source_client_record_id,
        contacted_on
    from {{ ref("int_contact_reports__dph") }}
    where contact_kind = 'inpatient'

),

encounters as (

    select
        encounter_id,
        status,
        ended_on
    from {{ ref("stg_dph__encounter") }}

),

statuses as (

    select status
    from {{ ref("fhir_encounter_status_map") }}
    where lifecycle = 'open'

),

crosswalk as (

    select
        source_client_record_id,
        client_record_id
    from {{ ref("int_client_record_crosswalk") }}
    where not is_test_client

),

links as (

    select
        client_record_id,
        link_threshold,
        person_id
    from {{ ref("links_by_threshold") }}

)

select
    reports.source_report_id as encounter_id,
    links.link_threshold,
    links.person_id,

    reports.contacted_on as admitted_on,
    encounters.ended_on as discharged_on,
    statuses.status is not null and encounters.ended_on is null as is_open
from reports
inner join encounters
    on reports.source_report_id = encounters.encounter_id
inner join crosswalk
    on reports.source_client_record_id = crosswalk.source_client_record_id
inner join links
    on crosswalk.client_record_id = links.client_record_id
left join statuses
    on encounters.status = statuses.status
