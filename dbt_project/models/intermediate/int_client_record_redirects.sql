-- One row per client record id that was merged away: the record that survives.
-- Chains are followed to their end; one that ends in no living record, or in itself,
-- leads nowhere.

with recursive records as (

    {% for department in ["hsh", "dph", "dem", "fire"] %}
        select client_record_id
        from {{ ref("int_client_records__" ~ department) }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

merged_ids as (

    select
        source_client_record_id as old_id,
        client_record_id as new_id
    from {{ ref("int_client_record_history") }}
    where is_current and state = 'merged_away'

),

walk as (

    select
        old_id,
        new_id,
        1 as hops
    from merged_ids
    union all
    select
        walk.old_id,
        merged_ids.new_id,
        walk.hops + 1 as hops
    from walk
    inner join merged_ids
        on walk.new_id = merged_ids.old_id
    where walk.hops < 10

)

select
    walk.old_id as old_client_record_id,
    walk.new_id as client_record_id
from walk
inner join records
    on walk.new_id = records.client_record_id
left join merged_ids
    on walk.new_id = merged_ids.old_id
where merged_ids.old_id is null
