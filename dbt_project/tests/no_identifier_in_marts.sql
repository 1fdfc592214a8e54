-- No mart has a column that names a client: the wall between staging and marts.
-- Runs after all of them:
{%- for mart in [
    "by_name_flow", "case_conference_candidates", "case_conference_reasons",
    "case_list_states", "client_declines", "contacts", "contacts_by_team",
    "coordination_lag", "cost_of_silos", "days_to_fulfilment",
    "days_to_fulfilment_curve", "decline_reasons", "department_overlap",
    "departments_per_person", "departments_per_person_distribution",
    "duplicated_offers", "exits_to_permanent_housing", "feed_freshness",
    "hospital_use_before_after", "identifier_quality", "intervention_events",
    "intervention_follow_ups", "interventions", "interventions_to_outcomes",
    "known_elsewhere", "link_quality_by_department_pair", "link_quality_by_group",
    "linkage_coverage", "moud_starts_30d", "no_contact_made", "offer_acceptance",
    "offer_fulfilment", "offer_rate", "offers", "offers_until_acceptance", "outcomes",
    "overdose_follow_up_72h", "people", "people_served", "repeat_crisis_30d",
    "returns_to_homelessness", "returns_to_homelessness_lsa",
    "shelter_offers_by_type", "shelter_offers_declined",
    "silo_clients_known_elsewhere", "silo_crises_after_promise",
    "silo_offers_repeated", "silo_outcomes_recorded_elsewhere", "subsequent_contacts",
    "team_overlap", "unmet_requests", "warm_handoffs",
] %}
-- depends_on: {{ ref(mart) }}
{%- endfor %}

select
    table_name,
    column_name
from information_schema.columns
where
    table_schema = 'marts'
    and (
        column_name in (
            'first_name', 'middle_name', 'last_name', 'suffix', 'aliases', 'name',
            'dob', 'birth_date', 'birth_year', 'ssn', 'phone', 'email', 'address',
            'zip', 'client_record_id', 'source_record_id', 'personal_id',
            'patient_id', 'report_id', 'incident_number', 'notes', 'location'
        )
        or column_name like '%\_name' escape '\'
    )
