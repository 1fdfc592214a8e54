{#- Text, numbers and ids as departments write them. Unknown becomes null, once. -#}

{#- '' and blanks are unknown. -#}
{% macro text_value(column) -%}
    nullif(trim({{ column }}), '')
{%- endmacro %}

{#- "94133.0" is how a spreadsheet writes 94133; leading zeros stay. -#}
{% macro id_value(column) -%}
    regexp_replace(nullif(trim({{ column }}), ''), '\.0+$', '')
{%- endmacro %}

{#- A whole number ("12.0" is one); half a year or half a district is unknown, not the
    next whole one. -#}
{% macro integer_value(column) -%}
    case
        when try_cast({{ column }} as double) = floor(try_cast({{ column }} as double))
            then try_cast(try_cast({{ column }} as double) as integer)
    end
{%- endmacro %}

{#- An age in whatever unit stands beside it. One below 0 or above 120 is a slip or a
    code for "unknown" (-1, 999): nobody's year of birth follows from it. -#}
{% macro age_value(column) -%}
    case
        when {{ integer_value(column) }} between 0 and 120
            then {{ integer_value(column) }}
    end
{%- endmacro %}

{#- Whether a text says yes, in any way that systems and spreadsheets write it; null
    where nothing is said. -#}
{% macro says_yes(column) -%}
    lower({{ text_value(column) }}) in ('true', 't', 'yes', 'y', '1', '1.0')
{%- endmacro %}

{#- NEMSIS writes 'NV:<code>' for a missing value, 'PN:<code>' for one refused; a value
    after the code ('PN:8801019:7242') was offered and not given. -#}
{% macro nemsis_value(column) -%}
    nullif(trim({{ replace_all(column, "(NV|PN):[0-9]+(:[^;]*)?;?", "") }}, ' ;'), '')
{%- endmacro %}

{#- Of an element that may stand once in a report and stands there again, the first. -#}
{% macro first_code(column) -%}
    nullif(split_part({{ nemsis_value(column) }}, ';', 1), '')
{%- endmacro %}

{#- The digits of a number; a spreadsheet's "1.23457E+08" has lost some of its own, and
    those left are of many people's numbers. -#}
{% macro digits_value(column) -%}
    case
        when lower({{ column }}) not like '%e+%'
            then nullif({{ replace_all(column, "[^0-9]", "") }}, '')
    end
{%- endmacro %}

{#- Every match of a pattern replaced; the dialects differ in their last argument. -#}
{% macro replace_all(column, pattern, by) -%}
    {{ return(adapter.dispatch('replace_all')(column, pattern, by)) }}
{%- endmacro %}

{% macro duckdb__replace_all(column, pattern, by) -%}
    regexp_replace({{ column }}, '{{ pattern }}', '{{ by }}', 'g')
{%- endmacro %}

{% macro spark__replace_all(column, pattern, by) -%}
    regexp_replace({{ column }}, '{{ pattern }}', '{{ by }}')
{%- endmacro %}

{#- A key that names nobody: the hash of what the source calls the row. -#}
{% macro hashed_key(columns) -%}
    md5(concat_ws('|', {{ columns | join(', ') }}))
{%- endmacro %}

{#- The names of the HMIS yes/no columns that say yes, joined in the order given. -#}
{% macro hmis_ticked(columns) -%}
    {%- set marks = [] -%}
    {%- for column in columns -%}
        {%- do marks.append(
            "case when " ~ column ~ " in ('1', '1.0') then '" ~ column ~ "' end"
        ) -%}
    {%- endfor -%}
    concat_ws(';', {{ marks | join(', ') }})
{%- endmacro %}

{#-
    A crossing under one spelling: 'Pacific Avenue \ PHOENIX TER', 'PHOENIX TER/PACIFIC
    AVE' and 'Pacific Ave & Phoenix Ter' are one place. The kind of street is part of its
    name (AVE is not ST), and so is its side (VAN NESS AVE is not SOUTH VAN NESS AVE).
-#}
{% macro crossing_value(column) -%}
    {{ return(adapter.dispatch('crossing_value')(column)) }}
{%- endmacro %}

{% macro duckdb__crossing_value(column) -%}
    {%- set kinds = {
        "STREET": "ST",
        "AVENUE": "AVE",
        "AV": "AVE",
        "BOULEVARD": "BLVD",
        "TERRACE": "TER",
        "DRIVE": "DR",
        "COURT": "CT",
        "PLACE": "PL",
        "LANE": "LN",
        "ALLEY": "ALY",
        "ROAD": "RD",
        "SO": "SOUTH",
        "S": "SOUTH",
    } -%}
    {%- set text = namespace(sql="replace(upper(" ~ column ~ "), '.', '')") -%}
    {%- for long, short in kinds.items() -%}
        {%- set text.sql = "regexp_replace(" ~ text.sql ~ ", '\\b" ~ long
            ~ "\\b', '" ~ short ~ "', 'g')" -%}
    {%- endfor -%}
    nullif(array_to_string(list_sort(list_filter(
        list_transform(
            regexp_split_to_array(
                case
                    when regexp_matches(
                        upper({{ column }}), '\b({{ kinds | join("|") }})\b'
                    )
                        then {{ text.sql }}
                    else replace(upper({{ column }}), '.', '')
                end,
                '\s*(?:[/\\&@]|\bAND\b|\bAT\b)\s*'
            ),
            lambda street: trim(regexp_replace(street, '\s+', ' ', 'g'))
        ),
        lambda street: street <> ''
    )), ' / '), '')
{%- endmacro %}

{#- The values of a group, each once, sorted and joined. An ordered string_agg of
    distinct values gives the same and takes four times as long. Unknown is none of
    them; of a group without any the text is empty. -#}
{% macro joined_values(column) -%}
    array_to_string(list_sort(list(distinct {{ column }})), ';')
{%- endmacro %}
