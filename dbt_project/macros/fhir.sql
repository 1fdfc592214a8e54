{#- FHIR resources arrive as JSON text; a record of the fields we use is read once. -#}

{% macro json_record(column, structure) -%}
    {{ return(adapter.dispatch('json_record')(column, structure)) }}
{%- endmacro %}

{% macro duckdb__json_record(column, structure) -%}
    from_json(cast({{ column }} as json), '{{ structure | tojson }}')
{%- endmacro %}

{#- A HumanName as it is spoken. -#}
{% macro full_name(name) -%}
    concat_ws(' ', {{ name }}.given[1], {{ name }}.family)
{%- endmacro %}

{#- The first element of a list of records whose field has this value. -#}
{% macro first_with(list, field, value) -%}
    {{ return(adapter.dispatch('first_with')(list, field, value)) }}
{%- endmacro %}

{% macro duckdb__first_with(list, field, value) -%}
    list_filter({{ list }}, lambda item: item.{{ field }} = '{{ value }}')[1]
{%- endmacro %}

{#- The elements of a list of records whose field has none of these values. -#}
{% macro all_without(list, field, values) -%}
    {{ return(adapter.dispatch('all_without')(list, field, values)) }}
{%- endmacro %}

{% macro duckdb__all_without(list, field, values) -%}
    list_filter(
        {{ list }},
        lambda item: coalesce(item.{{ field }}, '') not in ('{{ values | join("', '") }}')
    )
{%- endmacro %}

{#-
    The id a reference points at, if it is of this type: 'Patient/123', an address that
    ends so, with or without a version, a bare id, a urn:uuid. A contained resource
    ('#p1') is nobody's record, and a Group is no Patient: both give null.
-#}
{% macro reference_id(reference, resource_type) -%}
    nullif(
        regexp_extract(
            {{ reference }},
            '^(?:urn:uuid:|(?:.*/)?{{ resource_type }}/)?([A-Za-z0-9._-]+)(?:/_history/.*)?$',
            1
        ), ''
    )
{%- endmacro %}

{#- FHIR writes a date, or an instant with offset; both give the local date. A year or
    a month alone is no day. -#}
{% macro fhir_local_date(column) -%}
    case
        when length({{ column }}) <= 10 then {{ date_value(column) }}
        else cast({{ local_from_utc(utc_from_text(column)) }} as date)
    end
{%- endmacro %}

{#- An instant; a bare date stands at local midnight, precision 'day' beside it. -#}
{% macro fhir_instant(column) -%}
    case
        when length({{ column }}) <= 10
            then
                {{ utc_from_local("cast(" ~ date_value(column) ~ " as timestamp)") }}
        else {{ utc_from_text(column) }}
    end
{%- endmacro %}

{#-
    CTE body: every version of one resource type, and every deletion as a version that
    is a tombstone. `version_sequence` is `meta.versionId` where that is a whole number,
    as most servers count: a history is exported newest first and a bulk export in any
    order, so that of two versions of one moment the line says nothing.
-#}
{% macro fhir_versions(table, resource_type) -%}
    select
        id,
        resource,
        {{ utc_from_offset("last_updated") }} as source_updated_at,
        case
            when resource like '%"versionId"%'
                then
                    try_cast(regexp_extract(
                        {{ json_record("resource", {"meta": {"versionId": "VARCHAR"}}) }}
                        .meta.versionid,
                        '^[0-9]{1,18}$'
                    ) as bigint)
        end as version_sequence,
        false as is_deleted,
        _delivery_id,
        _row_number
    from {{ source("raw", table) }}
    union all
    select
        id,
        cast(null as varchar) as resource,
        {{ utc_from_offset("deleted_at") }} as source_updated_at,
        cast(null as bigint) as version_sequence,
        true as is_deleted,
        _delivery_id,
        _row_number
    from {{ source("raw", "dph_deleted") }}
    where resource_type = '{{ resource_type }}'
{%- endmacro %}

{#- SAMHSA's label for records of a programme under 42 CFR Part 2. -#}
{% macro is_part2(column) -%}
    coalesce({{ column }} like '%42CFRPart2%', false)
{%- endmacro %}
