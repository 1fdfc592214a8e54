{#- Whether a day lies in the spell of a consent; a day nobody knows lies only in a
    spell that is open. A condition to join on. -#}
{% macro is_in_spell(day, consents) -%}
    coalesce({{ day }} >= {{ consents }}.valid_from, {{ consents }}.valid_from is null)
    and coalesce({{ day }} <= {{ consents }}.valid_to, {{ consents }}.valid_to is null)
{%- endmacro %}
