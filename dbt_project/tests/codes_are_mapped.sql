-- Codes no list of ours knows: their rows are kept, and say 'unmapped' or nothing.
-- Numbers only: a code may be free text about someone.
{{ config(severity="warn") }}

with labels as (

    {% for answers in [
        "services_offered",
        "services_accepted",
        "services_declined",
        "resources_lacking",
    ] %}
        select trim(unnest(string_split({{ answers }}, ';'))) as code
        from {{ ref("stg_dem__team_log") }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

written as (

    select
        'services of the team log' as code_list,
        code
    from labels
    union all
    select
        'teams of the team log' as code_list,
        team_label as code
    from {{ ref("stg_dem__team_log") }}
    union all
    select
        'unit dispositions of care reports' as code_list,
        unit_disposition_code as code
    from {{ ref("stg_fire__epcr") }}
    union all
    select
        'transport dispositions of care reports' as code_list,
        transport_code as code
    from {{ ref("stg_fire__epcr") }}
    union all
    select
        'dispositions of police calls' as code_list,
        disposition_code as code
    from {{ ref("stg_dem__cad_calls") }}
    union all
    select
        'dispositions of fire calls' as code_list,
        final_disposition as code
    from {{ ref("stg_fire__calls") }}
    union all
    select
        'project types of HMIS' as code_list,
        project_type_code as code
    from {{ ref("stg_hsh__project") }}
    union all
    select
        'destinations of HMIS' as code_list,
        destination_code as code
    from {{ ref("stg_hsh__exit") }}
    union all
    select
        'encounter statuses' as code_list,
        status as code
    from {{ ref("stg_dph__encounter") }}

),

known as (

    select
        'services of the team log' as code_list,
        service_label as code
    from {{ ref("team_log_service") }}
    union all
    select
        'teams of the team log' as code_list,
        team_label as code
    from {{ ref("team_log_team") }}
    union all
    select
        'unit dispositions of care reports' as code_list,
        code
    from {{ ref("nemsis_disposition_map") }}
    where element = 'eDisposition.27'
    union all
    select
        'transport dispositions of care reports' as code_list,
        code
    from {{ ref("nemsis_disposition_map") }}
    where element = 'eDisposition.30'
    union all
    select
        'dispositions of police calls' as code_list,
        code
    from {{ ref("sf_cad_le_disposition_map") }}
    union all
    select
        'dispositions of fire calls' as code_list,
        call_final_disposition as code
    from {{ ref("sf_fire_call_disposition_map") }}
    union all
    select
        'project types of HMIS' as code_list,
        project_type_code as code
    from {{ ref("hmis_project_type") }}
    union all
    select
        'destinations of HMIS' as code_list,
        destination_code as code
    from {{ ref("hmis_destination_outcome") }}
    union all
    select
        'encounter statuses' as code_list,
        status as code
    from {{ ref("fhir_encounter_status_map") }}

)

select
    written.code_list,
    count(distinct written.code) as n_codes,
    count(*) as n_rows
from written
left join known
    on
        written.code_list = known.code_list
        and written.code = known.code
where written.code is not null and written.code <> '' and known.code is null
group by written.code_list
