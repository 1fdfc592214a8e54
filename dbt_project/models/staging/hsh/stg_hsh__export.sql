-- One row per export description of an HMIS delivery (samples hold several per file).

with renamed as (

    select
        {{ hashed_key(["_delivery_id", "_row_number"]) }} as export_row_id,
        _delivery_id as delivery_id,
        {{ text_value("exportid") }} as export_id,
        {{ text_value("csvversion") }} as csv_version,
        {{ id_value("exportdirective") }} = '2' as is_full_refresh,

        {{ local_time("exportdate") }} as exported_at_local,
        {{ date_value("exportstartdate") }} as period_start,
        {{ date_value("exportenddate") }} as period_end
    from {{ source("raw", "hsh_export") }}

)

select * from renamed
