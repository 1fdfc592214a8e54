-- No mart has a column that names a client: the wall between staging and marts.
-- Runs after all of them:
{%- for mart in [
    "people", "contacts", "offers", "outcomes", "interventions_to_outcomes",
    "shelter_offers_by_type", "department_overlap", "case_list_states",
    "case_conference_candidates", "by_name_flow", "cost_of_silos",
    "identifier_quality", "link_quality_by_department_pair", "link_quality_by_group",
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
