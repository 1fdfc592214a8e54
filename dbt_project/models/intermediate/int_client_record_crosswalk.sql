-- One row per client record id a department ever used: the record it stands for now.
-- An id that is not here was deleted by its department; what hangs on it has no client.

with records as (

    select client_record_id
    from {{ ref("int_client_records") }}

),

redirects as (

    select
        old_client_record_id,
        client_record_id
    from {{ ref("int_client_record_redirects") }}

),

test_clients as (

    select client_record_id
    from {{ ref("int_client_records_left_out") }}
    where reason = 'test_client'

),

leads as (

    select
        client_record_id as source_client_record_id,
        client_record_id
    from records
    union all
    select
        old_client_record_id as source_client_record_id,
        client_record_id
    from redirects
    union all
    select
        client_record_id as source_client_record_id,
        client_record_id
    from test_clients

)

select
    leads.source_client_record_id,
    leads.client_record_id,
    test_clients.client_record_id is not null as is_test_client
from leads
left join test_clients
    on leads.client_record_id = test_clients.client_record_id
