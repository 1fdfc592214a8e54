-- One row per enrolment and client id it was ever delivered under.
-- HMIS relinks an enrolment to another client when it merges profiles; the older id
-- stands in no current row, only here.

with deliveries as (

    select
        {{ text_value("enrollmentid") }} as enrollment_id,
        {{ text_value("personalid") }} as personal_id,
        _delivery_id
    from {{ source("raw", "hsh_enrollment") }}

),

renamed as (

    select
        enrollment_id,
        personal_id,
        min(_delivery_id) as first_seen_delivery_id,
        max(_delivery_id) as last_seen_delivery_id
    from deliveries
    where enrollment_id is not null and personal_id is not null
    group by enrollment_id, personal_id

)

select * from renamed
