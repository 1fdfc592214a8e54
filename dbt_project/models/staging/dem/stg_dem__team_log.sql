-- One row per entry of the street teams' contact log.
-- Until 2025-03-25 the form held local date and time, since then one UTC time.
-- Lists stay text joined by ';' here; int_offers takes them apart.

with versions as (

    select
        *,
        {{ utc_from_offset("systemmodstamp") }} as source_updated_at,
        coalesce({{ says_yes("isdeleted") }}, false) as is_deleted
    from {{ source("raw", "dem_team_log") }}

),

latest as (

    {{ latest_version("versions", "contactid") }}

),

clocked as (

    select
        *,
        {{ local_time("encounterdate || ' ' || encountertime") }}
            as written_local_time,
        {{ utc_from_offset("encounterdatetimeutc") }} as written_utc,
        {{ date_value("encounterdate") }} as written_local_date
    from latest

),

typed as (

    select
        *,
        coalesce(
            written_utc,
            {{ utc_from_local("written_local_time") }},
            {{ utc_from_local("cast(written_local_date as timestamp)") }}
        ) as contacted_at,
        case
            when coalesce(written_utc, written_local_time) is null then 'day'
            else 'minute'
        end as time_precision,
        written_utc is null
        and coalesce({{ is_ambiguous_local("written_local_time") }}, false)
            as is_ambiguous_time
    from clocked

),

renamed as (

    select
        {{ text_value("contactid") }} as contact_id,
        {{ id_value("incidentnumber") }} as incident_number,
        {{ text_value("team") }} as team_label,
        {{ text_value("neighborhoodteam") }} as neighborhood_team,

        {{ text_value("firstname") }} as first_name,
        {{ text_value("lastname") }} as last_name,
        {{ text_value("alias") }} as aliases,
        {{ birth_date_value("dob") }} as dob,
        {{ age_value("age") }} as age,
        lower({{ text_value("gender") }}) as gender_code,
        {{ text_value("phone") }} as phone,

        coalesce({{ says_yes("contactmade") }}, true)
            as is_contact_made,
        {{ text_value("servicesoffered") }} as services_offered,
        {{ text_value("servicesaccepted") }} as services_accepted,
        {{ text_value("servicesdeclined") }} as services_declined,
        {{ text_value("declinereason") }} as decline_reason,
        {{ text_value("resourcerequested") }} as resources_lacking,
        nullif(
            array_to_string(
                regexp_extract_all(notes, 'Not eligible: ([^;]+)', 1), ';'
            ), ''
        ) as services_ineligible,
        {{ text_value("outcome") }} as outcome,
        coalesce({{ text_value("referredto") }} = 'Warm hand-off: MOUD', false)
            as is_warm_hand_off,
        {{ text_value("neighborhood") }} as neighborhood,

        contacted_at,
        coalesce(
            written_local_date, cast({{ local_from_utc("contacted_at") }} as date)
        ) as contacted_on,
        time_precision,
        is_ambiguous_time,
        source_updated_at as updated_at
    from typed

)

select * from renamed
