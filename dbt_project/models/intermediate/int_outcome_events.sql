-- One row per outcome event as one department recorded it.
-- Several departments may record the same event: marts.outcomes counts it once. Rows of
-- a 42 CFR Part 2 programme on a day without a consent in force are left out, as is
-- what a client's record must not be used for.

{% set branches = {"hsh": "hmis", "fire": "epcr", "dph": "fhir"} %}

with recorded as (

    {% for department, system in branches.items() %}
        select
            source_client_record_id,
            '{{ department }}' as department,
            '{{ system }}' as source_system,
            outcome_type,
            occurred_on,
            source_event_id,
            {{ "incident_number" if department == "dph" else "cast(null as varchar)" }}
                as incident_number,
            is_part2
        from {{ ref("int_outcome_events__" ~ department) }}
        union all
    {% endfor %}
    select
        client_record_id as source_client_record_id,
        department,
        source_system,
        contact_kind as outcome_type,
        contacted_on as occurred_on,
        'contact:' || contact_id as source_event_id,
        incident_number,
        false as is_part2
    from {{ ref("int_contacts") }}
    where contact_kind in ('crisis', 'overdose') and is_contact_made

),

crosswalk as (

    select
        source_client_record_id,
        client_record_id,
        is_test_client
    from {{ ref("int_client_record_crosswalk") }}

),

consents as (

    select
        source_client_record_id,
        valid_from,
        valid_to
    from {{ ref("int_part2_consents") }}

),

objections as (

    select source_client_record_id
    from {{ ref("int_objections") }}
    where purpose = 'analysis'

)

select
    {{ hashed_key([
        "recorded.source_system",
        "recorded.outcome_type",
        "recorded.source_event_id",
    ]) }} as outcome_event_id,
    crosswalk.client_record_id,
    recorded.department,
    recorded.outcome_type,
    recorded.occurred_on,
    recorded.source_system,
    recorded.source_event_id,
    recorded.incident_number
from recorded
inner join crosswalk
    on recorded.source_client_record_id = crosswalk.source_client_record_id
left join consents
    on
        recorded.source_client_record_id = consents.source_client_record_id
        and {{ is_in_spell("recorded.occurred_on", "consents") }}
left join objections
    on recorded.source_client_record_id = objections.source_client_record_id
where
    not crosswalk.is_test_client
    and recorded.occurred_on is not null
    and (not recorded.is_part2 or consents.source_client_record_id is not null)
    and objections.source_client_record_id is null
