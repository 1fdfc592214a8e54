-- One row per patient of the health department, profiles merged away included.

with versions as (

    {{ fhir_versions("dph_patient", "Patient") }}

),

latest as (

    {{ latest_version("versions", "id") }}

),

parsed as (

    select
        id,
        resource,
        source_updated_at,
        {{ json_record("resource", {
            "name": [{
                "use": "VARCHAR",
                "family": "VARCHAR",
                "given": ["VARCHAR"],
                "suffix": ["VARCHAR"],
            }],
            "telecom": [{"system": "VARCHAR", "value": "VARCHAR"}],
            "identifier": [{"system": "VARCHAR", "value": "VARCHAR"}],
            "gender": "VARCHAR",
            "birthDate": "VARCHAR",
            "deceasedDateTime": "VARCHAR",
            "deceasedBoolean": "BOOLEAN",
            "address": [{"line": ["VARCHAR"], "city": "VARCHAR", "postalCode": "VARCHAR"}],
            "link": [{"other": {"reference": "VARCHAR"}, "type": "VARCHAR"}],
        }) }} as record
    from latest

),

named as (

    select
        *,
        coalesce(
            {{ first_with("record.name", "use", "official") }}, record.name[1]
        ) as main_name,
        {{ first_with("record.name", "use", "usual") }} as usual_name,
        {{ first_with("record.name", "use", "nickname") }} as nick_name,
        {{ first_with("record.name", "use", "old") }} as old_name
    from parsed

),

renamed as (

    select
        id as patient_id,
        {{ reference_id(first_with("record.link", "type", "replaced-by")
            ~ ".other.reference") }} as replaced_by_patient_id,
        resource like '%"HTEST"%' as is_test_client,

        {{ text_value("main_name.given[1]") }} as first_name,
        {{ text_value("main_name.given[2]") }} as middle_name,
        {{ text_value("main_name.family") }} as last_name,
        {{ text_value("main_name.suffix[1]") }} as suffix,
        nullif(concat_ws(
            ';',
            {{ text_value("concat_ws(' ', usual_name.given[1], usual_name.family)") }},
            {{ text_value("concat_ws(' ', nick_name.given[1], nick_name.family)") }},
            {{ text_value("concat_ws(' ', old_name.given[1], old_name.family)") }}
        ), '') as aliases,
        {{ digits_value(
            first_with("record.identifier", "system", "http://hl7.org/fhir/sid/us-ssn")
            ~ ".value"
        ) }} as ssn_digits,
        {{ text_value("record.birthdate") }} as birth_date_text,
        record.gender as gender_code,
        array_to_string(regexp_extract_all(
            resource,
            '"(1002-5|2028-9|2054-5|2076-8|2106-3|2118-8|2135-2|2186-5)"',
            1
        ), ';') as race_codes,

        {{ first_with("record.telecom", "system", "phone") }}.value as phone,
        {{ first_with("record.telecom", "system", "email") }}.value as email,
        record.address[1].line[1] as address,
        record.address[1].city as city,
        record.address[1].postalcode as zip,

        {{ fhir_local_date("record.deceaseddatetime") }} as deceased_on,
        record.deceaseddatetime is not null
        or coalesce(record.deceasedboolean, false) as is_deceased,
        source_updated_at as updated_at
    from named

)

select * from renamed
