{#-
    The one rule for versions and tombstones, for every feed. A CTE body: of all
    versions of a key the one its source changed last; ties fall to the later delivery,
    then to a tombstone, then to the greater `sequence`, a number that the source itself
    counts its versions with, then to the later row. Deliveries sort by the time their
    source made them, never by arrival; rows as they stand in the delivery, whoever read
    them (those of a FHIR history, newest first, are numbered downwards). Where a source
    left out the update time of any version of a key, that key's versions are told apart
    by delivery alone; where it left out a number, by row.

    `last_seen_delivery_id` is the newest delivery that still carried the key.
    `is_deleted` must be a column of the relation (DateDeleted, IsDeleted, a FHIR
    deletion, a voided report); a key whose last version is a tombstone is gone, one
    that comes back later lives again.
-#}
{% macro latest_version(relation, key, updated_at="source_updated_at", sequence=none) -%}
    select
        *
    from (
        select
            *,
            row_number() over (
                partition by trim({{ key }})
                order by
                    case when is_dated then {{ updated_at }} end desc nulls last,
                    _delivery_id desc,
                    is_deleted desc,
                    {%- if sequence %}
                    case when is_counted then {{ sequence }} end desc nulls last,
                    {%- endif %}
                    _row_number desc
            ) as version_number
        from (
            select
                *,
                max(_delivery_id) over (partition by trim({{ key }}))
                    as last_seen_delivery_id,
                {%- if sequence %}
                bool_and(is_deleted or {{ sequence }} is not null)
                    over (partition by trim({{ key }})) as is_counted,
                {%- endif %}
                bool_and({{ updated_at }} is not null)
                    over (partition by trim({{ key }})) as is_dated
            from {{ relation }}
            where {{ key }} is not null
        ) as versions_dated
    ) as versions_ranked
    where version_number = 1 and not is_deleted
{%- endmacro %}

{#-
    HMIS: a row is gone when a full refresh that covers its date came after the last
    delivery which carried it. Delivery ids sort in source order. Absence from a delta
    or from a period's export says nothing, nor does that of a row which was delivered
    and waits in quarantine: its text, a JSON object, holds the key under its name,
    perhaps in the quotes and with the signs of a spreadsheet. FHIR never deletes by
    absence: a group or a filter may have narrowed an export, and deletions come in
    files of their own.
-#}
{% macro is_absent_from_full_refresh(relation, row_date, key) -%}
    exists (
        select 1
        from full_refreshes
        where
            full_refreshes.delivery_id > {{ relation }}.last_seen_delivery_id
            and {{ relation }}.{{ row_date }} >= full_refreshes.period_start
            and {{ relation }}.{{ row_date }} <= full_refreshes.period_end
            and not contains(
                full_refreshes.held_back,
                '{{ key }}: ' || lower(trim({{ relation }}.{{ key }})) || ','
            )
    )
{%- endmacro %}

{#-
    The CTE `full_refreshes`: one row per delivery that was a full refresh and held the
    file of this table; a file that was not delivered says nothing.
-#}
{% macro full_refreshes(table) -%}
    select
        deliveries.delivery_id,
        deliveries.period_start,
        deliveries.period_end,
        coalesce(
            {{ replace_all("lower(held.originals)", "[\\x22\\x27\\x5c=]", "") }}, ''
        ) as held_back
    from {{ source("raw", "deliveries") }} as deliveries
    left join (
        select
            delivery_id,
            string_agg(left(original, length(original) - 1) || ',', ' ') as originals
        from {{ source("raw", "quarantined_rows") }}
        where table_name = '{{ table }}'
        group by delivery_id
    ) as held
        on deliveries.delivery_id = held.delivery_id
    where
        deliveries.feed = 'hsh_hmis'
        and deliveries.status = 'taken'
        and deliveries.mode = 'full'
        and deliveries.delivery_id not in (
            select delivery_id
            from {{ source("raw", "left_out_rows") }}
            where table_name = '{{ table }}' and rule = 'file_not_delivered'
        )
{%- endmacro %}
