-- One row per stay in a shelter or a home and linkage threshold: whose it is there.

with stays as (

    select
        enrollment_id,
        client_record_id,
        stay_kind,
        shelter_type,
        entered_on,
        left_on
    from {{ ref("int_stays") }}

),

links as (

    select
        client_record_id,
        link_threshold,
        person_id
    from {{ ref("links_by_threshold") }}

)

select
    stays.enrollment_id,
    links.link_threshold,
    links.person_id,

    stays.stay_kind,
    stays.shelter_type,
    stays.entered_on,
    stays.left_on
from stays
inner join links
    on stays.client_record_id = links.client_record_id
