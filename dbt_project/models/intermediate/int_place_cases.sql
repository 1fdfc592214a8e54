-- One row per 311 case about homelessness: a place and a day, never a person.

with cases as (

    select
        case_id,
        service_name,
        service_subtype,
        status,
        neighborhood,
        requested_at,
        requested_on,
        closed_at
    from {{ ref("stg_datasf__311_cases") }}

),

topics as (

    select
        service_name,
        coalesce(service_subtype_like, '%') as service_subtype_like,
        topic
    from {{ ref("sf311_service_map") }}

),

matched as (

    select
        cases.case_id,
        topics.topic,
        row_number() over (
            partition by cases.case_id
            order by length(topics.service_subtype_like) desc, topics.topic
        ) as preference
    from cases
    inner join topics
        on
            cases.service_name = topics.service_name
            and coalesce(cases.service_subtype, '') like topics.service_subtype_like

)

select
    cases.case_id,
    matched.topic,
    cases.status,
    cases.neighborhood,
    cases.requested_at,
    cases.requested_on,
    cases.closed_at
from cases
inner join matched
    on cases.case_id = matched.case_id
where matched.preference = 1
