-- One row per client record and linkage threshold: the person it belongs to there.
-- Every measure of persons is counted at all three, to show how far it hangs on them.

with links as (

    select
        client_record_id,
        person_id,
        person_id_strict,
        person_id_loose
    from {{ source("linkage", "client_links") }}

)

select
    client_record_id,
    'default' as link_threshold,
    person_id
from links
union all
select
    client_record_id,
    'strict' as link_threshold,
    person_id_strict as person_id
from links
union all
select
    client_record_id,
    'loose' as link_threshold,
    person_id_loose as person_id
from links
