-- One row per department and cost of not sharing: what it sees alone, what there is.

{% set parts = {
    "clients_known_elsewhere": (
        "silo_clients_known_elsewhere",
        "where other_department = 'any'",
        "client days of contact",
    ),
    "outcomes_recorded_elsewhere": (
        "silo_outcomes_recorded_elsewhere",
        "where outcome_type = 'all'",
        "outcomes",
    ),
    "offers_repeated": (
        "silo_offers_repeated",
        "where service_type = 'all'",
        "offers after a refusal",
    ),
    "crises_after_promise": (
        "silo_crises_after_promise",
        "",
        "crises under a promise",
    ),
} %}

{% for cost, (mart, rows, unit) in parts.items() %}
    select
        department,
        '{{ cost }}' as silo_cost,

        '{{ unit }}' as unit_seen,
        n_seen_alone,
        n_seen_linked,
        n_seen_linked - n_seen_alone as n_hidden,
        person_days,

        n,
        numerator,
        denominator,
        rate,
        rate_low,
        rate_high,
        rate_strict,
        rate_loose,
        share_not_linked,
        data_through
    from {{ ref(mart) }}
    {{ rows }}
    {% if not loop.last %}union all{% endif %}
{% endfor %}
