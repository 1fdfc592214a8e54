{#-
    Rates as every measure ships them. The interval is Wilson's (1927) at 95 %: it stays
    within 0 and 1 and is honest for small denominators, where Wald's is not.
-#}

{% macro wilson_low(numerator, denominator) -%}
    {{ _wilson(numerator, denominator, "-") }}
{%- endmacro %}

{% macro wilson_high(numerator, denominator) -%}
    {{ _wilson(numerator, denominator, "+") }}
{%- endmacro %}

{% macro _wilson(numerator, denominator, side) -%}
    {%- set z = 1.959963984540054 -%}
    {%- set k = "cast(" ~ numerator ~ " as double)" -%}
    {%- set n = "nullif(cast(" ~ denominator ~ " as double), 0)" -%}
    {#- Where none or all are counted that end is 0 or 1, which the sum only nears. -#}
    case
        when {{ "0" if side == "-" else denominator }} = {{ numerator }}
            and {{ denominator }} > 0
            then {{ "0.0" if side == "-" else "1.0" }}
        when {{ denominator }} > 0 then greatest(0.0, least(1.0,
        ({{ k }} + {{ z * z / 2 }} {{ side }} {{ z }} * sqrt(
            {{ k }} * ({{ n }} - {{ k }}) / {{ n }} + {{ z * z / 4 }}
        )) / ({{ n }} + {{ z * z }})
    )) end
{%- endmacro %}

{#-
    From counts at three linkage thresholds to one row per grain with its rate.

    counted: relation with the grain, link_threshold ('strict', 'default', 'loose'),
        n (units looked at), denominator (of them judged), numerator (of them counted)
        and share_not_linked. A measure that no link can move gives 'default' only; its
        strict and loose values are the same.
    through: relation of one row with data_through.
    also: further columns of counted, kept as they are at the default threshold.
-#}
{% macro rate_by_threshold(
    counted, grain, through="today", moved_by_links=true, also=[]
) -%}
    select
        {% for column in grain -%}
            counted.{{ column }},
        {% endfor -%}
        counted.n,
        counted.numerator,
        counted.denominator,
        counted.rate,
        {{ wilson_low("counted.numerator", "counted.denominator") }} as rate_low,
        {{ wilson_high("counted.numerator", "counted.denominator") }} as rate_high,
        {% for other in ["strict", "loose"] -%}
            {{ "counted.rate_" ~ other if moved_by_links else "counted.rate" }}
                as rate_{{ other }},
        {% endfor -%}
        counted.share_not_linked,
        {% for column in also -%}
            counted.{{ column }},
        {% endfor -%}
        through.data_through
    from (
        select
            {% for column in grain -%}
                {{ column }},
            {% endfor -%}
            {% for figure in ["n", "numerator", "denominator"] -%}
                coalesce(
                    max(case when link_threshold = 'default' then {{ figure }} end), 0
                ) as {{ figure }},
            {% endfor -%}
            {% for name in ["default", "strict", "loose"] -%}
                max(
                    case when link_threshold = '{{ name }}'
                        then cast(numerator as double) / nullif(denominator, 0)
                    end
                ) as rate{{ "" if name == "default" else "_" ~ name }},
            {% endfor -%}
            {% for column in also -%}
                max(case when link_threshold = 'default' then {{ column }} end)
                    as {{ column }},
            {% endfor -%}
            max(case when link_threshold = 'default' then share_not_linked end)
                as share_not_linked
        from {{ counted }}
        {% if grain -%}
            group by {{ grain | join(", ") }}
        {%- endif %}
    ) as counted
    cross join {{ through }} as through
{%- endmacro %}
