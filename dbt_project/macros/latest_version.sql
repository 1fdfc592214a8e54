{#-
    The one rule for versions and tombstones. A CTE body: of all versions of a key the
    one its source changed last; ties fall to the later delivery, then the later row.
    `last_seen_delivery_id` is the newest delivery that still carried the key.
    `is_deleted` must be a column of the relation; a key whose last version is a
    tombstone is gone, one that comes back later lives again.
-#}
{% macro latest_version(relation, key, updated_at="source_updated_at") -%}
    select
        *
    from (
        select
            *,
            max(_delivery_id) over (partition by {{ key }}) as last_seen_delivery_id,
            row_number() over (
                partition by {{ key }}
                order by
                    {{ updated_at }} desc nulls last,
                    _delivery_id desc,
                    _row_number desc
            ) as version_number
        from {{ relation }}
        where {{ key }} is not null
    ) as versions_ranked
    where version_number = 1 and not is_deleted
{%- endmacro %}

{#-
    HMIS: a row is gone when a full refresh that covers its date came after the last
    delivery which carried it. Delivery ids sort in source order.
-#}
{% macro is_absent_from_full_refresh(relation, row_date) -%}
    exists (
        select 1
        from full_refreshes
        where
            full_refreshes.delivery_id > {{ relation }}.last_seen_delivery_id
            and {{ relation }}.{{ row_date }} >= full_refreshes.period_start
            and {{ relation }}.{{ row_date }} <= full_refreshes.period_end
    )
{%- endmacro %}

{#- The CTE `full_refreshes`: one row per delivery that was a full refresh. -#}
{% macro full_refreshes() -%}
    select
        _delivery_id as delivery_id,
        min({{ date_value("exportstartdate") }}) as period_start,
        max({{ date_value("exportenddate") }}) as period_end
    from {{ source("raw", "hsh_export") }}
    where exportdirective = '2'
    group by _delivery_id
{%- endmacro %}
