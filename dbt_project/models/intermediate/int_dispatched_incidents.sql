-- One row per incident and agency sent to it: context, no clients.
-- Fire rows are units and are collapsed; a call marked as a duplicate is kept, with the
-- call it repeats beside it. Since 2023-05-24 (memo of the EMS Agency) dispatch writes
-- NON for whoever was not taken along, refusals included: they are told no more.

{% set refusals_told_until = "2023-05-24" %}

with police_calls as (

    select
        cad_number,
        duplicate_of_cad_number,
        agency,
        call_type_final_text,
        disposition_code,
        is_sensitive,
        neighborhood,
        received_at,
        received_on
    from {{ ref("stg_dem__cad_calls") }}

),

dispositions as (

    select
        code,
        contact_made,
        resolution
    from {{ ref("sf_cad_le_disposition_map") }}

),

fire_units as (

    select
        call_number,
        call_unit_id,
        call_type,
        final_disposition,
        neighborhood,
        received_at,
        received_on
    from {{ ref("stg_fire__calls") }}

),

fire_dispositions as (

    select
        call_final_disposition,
        transported,
        resolution
    from {{ ref("sf_fire_call_disposition_map") }}

),

fire_calls as (

    select
        fire_units.call_number,
        min(fire_units.call_type) as call_type,
        min(fire_units.neighborhood) as neighborhood,
        min(fire_units.received_at) as received_at,
        min(fire_units.received_on) as received_on,
        count(*) as n_units,
        bool_or(fire_dispositions.transported = 1) as is_transported,
        coalesce(
            max(
                case
                    when fire_dispositions.transported = 1
                        then fire_dispositions.resolution
                end
            ),
            max(
                case
                    when fire_dispositions.resolution not in ('other', 'cancelled')
                        then fire_dispositions.resolution
                end
            ),
            max(fire_dispositions.resolution)
        ) as resolution
    from fire_units
    left join fire_dispositions
        on fire_units.final_disposition = fire_dispositions.call_final_disposition
    group by fire_units.call_number

)

select
    police_calls.cad_number || ':' || coalesce(police_calls.agency, '')
        as incident_agency_id,
    police_calls.cad_number as incident_number,
    police_calls.duplicate_of_cad_number as duplicate_of_incident_number,
    police_calls.agency,
    police_calls.call_type_final_text as call_type,
    dispositions.resolution,
    cast(null as boolean) as is_transported,
    cast(null as boolean) as tells_refusals,
    1 as n_units,
    police_calls.is_sensitive,
    police_calls.neighborhood,
    police_calls.received_at,
    police_calls.received_on
from police_calls
left join dispositions
    on police_calls.disposition_code = dispositions.code
union all
select
    call_number || ':Fire' as incident_agency_id,
    call_number as incident_number,
    cast(null as varchar) as duplicate_of_incident_number,
    'Fire' as agency,
    call_type,
    resolution,
    is_transported,
    received_on < date '{{ refusals_told_until }}' as tells_refusals,
    n_units,
    false as is_sensitive,
    neighborhood,
    received_at,
    received_on
from fire_calls
