-- One row per client record id and spell of time in which it stood for one record:
-- itself, the one it was merged into, or none, after its deletion. A merge taken back
-- begins a new spell; deleting what was merged away changes nothing. The first spell is
-- open to the past, the current one to the future. Chains (merged into one that was
-- merged on) are followed by asking again.

with told as (

    select
        source_client_record_id,
        state,
        stands_for_id,
        told_at,
        delivery_id,
        row_number() over (
            partition by source_client_record_id
            order by
                told_at nulls first,
                delivery_id,
                precedence,
                row_number,
                state,
                stands_for_id
        ) as place
    from {{ ref("int_client_record_states") }}

),

remembered as (

    select
        *,
        last_value(case when state <> 'deleted' then state end ignore nulls) over (
            partition by source_client_record_id
            order by place
            rows between unbounded preceding and 1 preceding
        ) as last_living_state
    from told

),

states as (

    select
        source_client_record_id,
        state,
        stands_for_id,
        told_at,
        delivery_id,
        place,
        lag(state) over told_before as state_before,
        lag(stands_for_id) over told_before as stood_for_id
    from remembered
    where state <> 'deleted' or last_living_state is distinct from 'merged_away'
    window
        told_before as (
            partition by source_client_record_id
            order by place
        )

),

changes as (

    select
        source_client_record_id,
        state,
        stands_for_id,
        told_at,
        delivery_id,
        place,
        lead(told_at) over (
            partition by source_client_record_id
            order by place
        ) as changed_at,
        row_number() over (
            partition by source_client_record_id
            order by place
        ) as spell,
        row_number() over (
            partition by source_client_record_id
            order by place desc
        ) as spells_left
    from states
    where
        state_before is null
        or state <> state_before
        or stands_for_id is distinct from stood_for_id

)

select
    source_client_record_id,
    spell,
    state,
    stands_for_id as client_record_id,

    case when spell > 1 then told_at end as valid_from,
    changed_at as valid_to,
    spells_left = 1 as is_current,
    delivery_id as told_in_delivery_id
from changes
