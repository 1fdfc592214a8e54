-- One row per client row ever delivered, deleted ones included: history's material.

with renamed as (

    select
        {{ text_value("personalid") }} as personal_id,
        {{ text_value("datedeleted") }} is not null as is_deleted,

        {{ date_value("datecreated") }} as created_on,
        _delivery_id as delivery_id,
        _row_number as row_number
    from {{ source("raw", "hsh_client") }}

)

select * from renamed
where personal_id is not null
