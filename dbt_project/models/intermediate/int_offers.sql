-- One row per resource offered to, or wanted by, a client at one contact.
-- A shelter offer accepted in HMIS is fulfilled when the same client enters a shelter
-- within three days; otherwise it stays accepted: uptake is not confirmed.

{% set branches = ["hsh", "fire", "dph", "dem"] %}
{% set systems = {"hsh": "hmis", "fire": "epcr", "dph": "fhir", "dem": "team_log"} %}
{% set days_to_move_in = 3 %}

with offers as (

    {% for department in branches %}
        select
            '{{ systems[department] }}' as source_system,
            '{{ department }}' as reporting_department,
            source_offer_id,
            source_report_id,
            client_record_id,
            service_type,
            shelter_type,
            offered_on,
            offer_status,
            declined_by,
            decline_reason,
            fulfilled_on
        from {{ ref("int_offers__" ~ department) }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

crosswalk as (

    select
        source_client_record_id,
        client_record_id,
        is_test_client
    from {{ ref("int_client_record_crosswalk") }}

),

reports as (

    select
        reports.source_system,
        reports.source_report_id,
        reports.team_code,
        reports.department,
        reports.contacted_at,
        members.contact_id
    from {{ ref("int_contact_reports") }} as reports
    inner join {{ ref("int_contact_members") }} as members
        on reports.report_key = members.report_key

),

entries as (

    select
        client_record_id,
        entered_on
    from {{ ref("int_stays") }}
    where stay_kind = 'shelter'

),

objections as (

    select source_client_record_id
    from {{ ref("int_objections") }}
    where purpose = 'analysis'

),

settled as (

    select
        offers.source_system,
        offers.source_offer_id,
        min(entries.entered_on) as moved_in_on
    from offers
    inner join crosswalk
        on offers.client_record_id = crosswalk.source_client_record_id
    inner join entries
        on
            crosswalk.client_record_id = entries.client_record_id
            and offers.offered_on <= entries.entered_on
            and entries.entered_on
            <= offers.offered_on + interval '{{ days_to_move_in }}' day
    where
        offers.source_system = 'hmis'
        and offers.service_type = 'shelter'
        and offers.offer_status = 'accepted'
    group by offers.source_system, offers.source_offer_id

)

select
    {{ hashed_key(["offers.source_system", "offers.source_offer_id"]) }} as offer_id,
    reports.contact_id,
    crosswalk.client_record_id,

    coalesce(reports.department, offers.reporting_department) as department,
    reports.team_code,
    offers.service_type,
    offers.shelter_type,

    coalesce(
        reports.contacted_at,
        {{ utc_from_local("cast(offers.offered_on as timestamp)") }}
    ) as offered_at,
    offers.offered_on,
    case
        when settled.moved_in_on is not null then 'fulfilled'
        else offers.offer_status
    end as offer_status,
    offers.declined_by,
    offers.decline_reason,
    coalesce(settled.moved_in_on, offers.fulfilled_on) as fulfilled_on
from offers
left join crosswalk
    on offers.client_record_id = crosswalk.source_client_record_id
left join reports
    on
        offers.source_system = reports.source_system
        and offers.source_report_id = reports.source_report_id
left join settled
    on
        offers.source_system = settled.source_system
        and offers.source_offer_id = settled.source_offer_id
left join objections
    on offers.client_record_id = objections.source_client_record_id
where
    not coalesce(crosswalk.is_test_client, false)
    and objections.source_client_record_id is null
