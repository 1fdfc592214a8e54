-- One row per patient care report; a reopened report keeps its id or its UUID, and of
-- its versions the one delivered last holds, for NEMSIS carries no update time.
-- One that turns out to concern no patient (4227011) is void.
-- A UUID on two reports of one delivery, or of two incidents, is a program's constant.

with delivered as (

    select
        *,
        {{ nemsis_value("eresponse_03") }} as incident_number
    from {{ source("raw", "fire_epcr") }}

),

identified as (

    select
        *,
        max(report_id) over in_delivery <> min(report_id) over in_delivery
            as is_uuid_shared,
        max(incident_number) over of_uuid <> min(incident_number) over of_uuid
            as is_uuid_of_incidents
    from delivered
    window
        of_uuid as (partition by pcr_uuid),
        in_delivery as (partition by pcr_uuid, _delivery_id)

),

useful as (

    select
        *,
        case
            when
                not coalesce(
                    bool_or(is_uuid_shared or is_uuid_of_incidents) over (
                        partition by pcr_uuid
                    ),
                    false
                )
                then pcr_uuid
        end as telling_uuid
    from identified

),

versions as (

    select
        *,
        case
            when telling_uuid is null then report_id
            else
                last_value(report_id) over (
                    partition by telling_uuid
                    order by _delivery_id, _row_number
                    rows between unbounded preceding and unbounded following
                )
        end as standing_id,
        cast(null as timestamp) as source_updated_at,
        coalesce({{ first_code("edisposition_27") }} = '4227011', false) as is_deleted
    from useful

),

gathered as (

    select
        *,
        list(distinct report_id) over (partition by standing_id) as delivered_ids
    from versions

),

latest as (

    {{ latest_version("gathered", "standing_id") }}

),

typed as (

    select
        *,
        coalesce(
            {{ utc_from_text(nemsis_value("etimes_07")) }},
            {{ utc_from_text(nemsis_value("etimes_06")) }},
            {{ utc_from_text(nemsis_value("etimes_03")) }},
            {{ utc_from_text(nemsis_value("etimes_01")) }}
        ) as contacted_at
    from latest

),

renamed as (

    select
        standing_id as report_id,
        list_sort(delivered_ids) as delivered_ids,
        _delivery_id as delivery_id,
        incident_number,
        {{ nemsis_value("eresponse_04") }} as response_number,
        {{ nemsis_value("eresponse_14") }} as call_sign,
        {{ nemsis_value("eresponse_05") }} as service_requested_code,

        {{ nemsis_value("epatient_03") }} as first_name,
        {{ nemsis_value("epatient_04") }} as middle_name,
        {{ nemsis_value("epatient_02") }} as last_name,
        {{ digits_value(nemsis_value("epatient_12")) }} as ssn_digits,
        {{ date_value(nemsis_value("epatient_17")) }} as dob,
        {{ age_value(nemsis_value("epatient_15")) }} as age,
        {{ nemsis_value("epatient_16") }} as age_unit_code,
        coalesce(
            {{ nemsis_value("epatient_25") }}, {{ nemsis_value("epatient_13") }}
        ) as sex_code,
        {{ nemsis_value("epatient_14") }} as race_codes,
        coalesce({{ nemsis_value("epatient_22") }} like '%2522001%', false)
            as is_homeless,

        split_part({{ nemsis_value("epatient_18") }}, ';', 1) as phone,
        {{ nemsis_value("epatient_05") }} as address,
        {{ nemsis_value("epatient_06") }} as city,
        {{ nemsis_value("epatient_09") }} as zip,

        concat_ws(
            ';',
            {{ nemsis_value("esituation_11") }},
            {{ nemsis_value("esituation_12") }}
        ) as impression_codes,
        {{ nemsis_value("emedications_03") }} as medication_codes,
        {{ nemsis_value("edisposition_21") }} as destination_code,
        {{ first_code("edisposition_27") }} as unit_disposition_code,
        {{ first_code("edisposition_28") }} as care_code,
        {{ first_code("edisposition_30") }} as transport_code,
        {{ nemsis_value("edisposition_31") }} as refusal_code,
        {{ nemsis_value("escene_21") }} as scene_county,

        contacted_at,
        cast({{ local_from_utc("contacted_at") }} as date) as contacted_on
    from typed

)

select * from renamed
