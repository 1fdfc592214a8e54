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
        lower(code) as code
    from labels
    union all
    select
        'outcomes of the team log' as code_list,
        lower(outcome) as code
    from {{ ref("stg_dem__team_log") }}
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
        'care dispositions of care reports' as code_list,
        care_code as code
    from {{ ref("stg_fire__epcr") }}
    union all
    select
        'reasons for release in care reports' as code_list,
        unnest(string_split(refusal_code, ';')) as code
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
        'events of HMIS' as code_list,
        event_code as code
    from {{ ref("stg_hsh__event") }}
    union all
    select
        'referral results of HMIS' as code_list,
        referral_result_code as code
    from {{ ref("stg_hsh__event") }}
    union all
    select
        'PATH referrals of HMIS' as code_list,
        type_provided as code
    from {{ ref("stg_hsh__services") }}
    where record_type = '161'
    union all
    select
        'PATH referral outcomes of HMIS' as code_list,
        referral_outcome_code as code
    from {{ ref("stg_hsh__services") }}
    where record_type = '161'
    union all
    select
        'encounter statuses' as code_list,
        status as code
    from {{ ref("stg_dph__encounter") }}
    union all
    select
        'encounter classes' as code_list,
        encounters.class_code as code
    from {{ ref("stg_dph__encounter") }} as encounters
    left join {{ ref("fhir_encounter_kind") }} as kinds
        on
            kinds.matches = 'type'
            and encounters.type_code = kinds.code
    where kinds.code is null
    union all
    select
        'results of service requests' as code_list,
        requests.status || ' ' || coalesce(requests.result_code, 'none') as code
    from {{ ref("stg_dph__service_request") }} as requests
    inner join {{ ref("fhir_service_request_kind") }} as kinds
        on requests.code = kinds.code

),

known as (

    select
        'services of the team log' as code_list,
        lower(service_label) as code
    from {{ ref("team_log_service") }}
    union all
    select
        'outcomes of the team log' as code_list,
        lower(outcome) as code
    from {{ ref("team_log_outcome") }}
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
        'care dispositions of care reports' as code_list,
        code
    from {{ ref("nemsis_disposition_map") }}
    where element = 'eDisposition.28'
    union all
    select
        'reasons for release in care reports' as code_list,
        code
    from {{ ref("nemsis_disposition_map") }}
    where element = 'eDisposition.31'
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
    {% for code_list, written_as in [
        ("events of HMIS", "event"), ("PATH referrals of HMIS", "path_referral"),
    ] %}
        select
            '{{ code_list }}' as code_list,
            code
        from {{ ref("hmis_offer_service") }}
        where written_as = '{{ written_as }}'
        union all
    {% endfor %}
    {% for code_list, written_as in [
        ("referral results of HMIS", "event"),
        ("PATH referral outcomes of HMIS", "path_referral"),
    ] %}
        select
            '{{ code_list }}' as code_list,
            result_code as code
        from {{ ref("hmis_offer_result") }}
        where written_as = '{{ written_as }}'
        union all
    {% endfor %}
    select
        'encounter statuses' as code_list,
        status as code
    from {{ ref("fhir_encounter_status_map") }}
    union all
    select
        'encounter classes' as code_list,
        code
    from {{ ref("fhir_encounter_kind") }}
    where matches = 'class'
    union all
    select
        'results of service requests' as code_list,
        status || ' ' || result as code
    from {{ ref("fhir_service_request_result") }}

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
