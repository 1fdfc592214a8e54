-- One row per client record kept out of the waist, with the reason: so it is counted.
-- Linkage and the marts start at the waist, so a client who objects to either is out.

with names as (

    {% for department in ["hsh", "fire", "dph", "dem"] %}
        select
            client_record_id,
            department,
            source_system,
            is_test_client,
            upper(concat_ws(' ', first_name, last_name)) as full_name
        from {{ ref("int_client_records__" ~ department) }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

redirects as (

    select old_client_record_id
    from {{ ref("int_client_record_redirects") }}

),

objections as (

    select distinct source_client_record_id
    from {{ ref("int_objections") }}
    where purpose in ('linkage', 'analysis')

),

test_names as (

    select full_name_like
    from {{ ref("test_client_names") }}

)

select
    names.client_record_id,
    names.department,
    names.source_system,
    case
        when redirects.old_client_record_id is not null then 'merged_away'
        when objections.source_client_record_id is not null then 'objected'
        else 'test_client'
    end as reason
from names
left join redirects
    on names.client_record_id = redirects.old_client_record_id
left join objections
    on names.client_record_id = objections.source_client_record_id
where
    redirects.old_client_record_id is not null
    or objections.source_client_record_id is not null
    or names.is_test_client
    or exists (
        select 1
        from test_names
        where names.full_name like test_names.full_name_like
    )
