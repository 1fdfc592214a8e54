-- One row per version of a log entry ever delivered, deleted ones included: what
-- history is made of. A duplicate merged away is deleted and names its master entry.

with renamed as (

    select
        {{ text_value("contactid") }} as contact_id,
        {{ text_value("masterrecordid") }} as master_contact_id,
        coalesce({{ says_yes("isdeleted") }}, false) as is_deleted,

        {{ utc_from_offset("systemmodstamp") }} as updated_at,
        _delivery_id as delivery_id,
        _row_number as row_number
    from {{ source("raw", "dem_team_log") }}

)

select * from renamed
where contact_id is not null
