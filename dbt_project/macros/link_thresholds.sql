{#- One row per linkage threshold, as links_by_threshold names them. -#}
{% macro link_thresholds() -%}
    {% for name in ["default", "strict", "loose"] -%}
        select '{{ name }}' as link_threshold
        {% if not loop.last -%}
            union all
        {% endif -%}
    {% endfor -%}
{%- endmacro %}
