-- One row per patient of the health department, profiles merged away included.

with versions as (

    {{ fhir_versions("dph_patient", "Patient") }}

),

latest as (

    {{ latest_version("versions", "id", sequence="version_sequence") }}

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
            "telecom": [{"system": "VARCHAR", "value": "VARCHAR", "use": "VARCHAR"}],
            "identifier": [{"system": "VARCHAR", "value": "VARCHAR"}],
            "gender": "VARCHAR",
            "birthDate": "VARCHAR",
            "deceasedDateTime": "VARCHAR",
            "deceasedBoolean": "BOOLEAN",
            "address": [{"line": ["VARCHAR"], "city": "VARCHAR", "postalCode": "VARCHAR"}],
        }) }} as record
    from latest

),

named as (

    select
        *,
        coalesce(
            {{ first_with("parsed.record.name", "use", "official") }},
            {{ all_without(
                "parsed.record.name", "use", ["old", "maiden", "nickname", "anonymous"]
            ) }}[1],
            parsed.record.name[1]
        ) as main_name,
        {{ all_without("parsed.record.telecom", "use", ["old"]) }} as telecoms,
        {{ first_with("parsed.record.name", "use", "usual") }} as usual_name,
        {{ first_with("parsed.record.name", "use", "nickname") }} as nick_name,
        {{ first_with("parsed.record.name", "use", "old") }} as old_name
    from parsed

),

renamed as (

    select
        named.id as patient_id,
        named.resource like '%"HTEST"%' as is_test_client,

        {{ text_value("named.main_name.given[1]") }} as first_name,
        {{ text_value("named.main_name.given[2]") }} as middle_name,
        {{ text_value("named.main_name.family") }} as last_name,
        {{ text_value("named.main_name.suffix[1]") }} as suffix,
        nullif(concat_ws(
            ';',
            {{ text_value(full_name("named.usual_name")) }},
            {{ text_value(full_name("named.nick_name")) }},
            {{ text_value(full_name("named.old_name")) }}
        ), '') as aliases,
        {{ digits_value(
            first_with("named.record.identifier", "system", "http://hl7.org/fhir/sid/us-ssn")
            ~ ".value"
        ) }} as ssn_digits,
        {{ text_value("named.record.birthdate") }} as birth_date_text,
        named.record.gender as gender_code,
        array_to_string(regexp_extract_all(
            named.resource,
            '"(1002-5|2028-9|2054-5|2076-8|2106-3|2118-8|2135-2|2186-5)"',
            1
        ), ';') as race_codes,

        {{ first_with("named.telecoms", "system", "phone") }}.value as phone,
        {{ first_with("named.telecoms", "system", "email") }}.value as email,
        named.record.address[1].line[1] as address,
        named.record.address[1].city as city,
        named.record.address[1].postalcode as zip,

        {{ fhir_local_date("named.record.deceaseddatetime") }} as deceased_on,
        named.record.deceaseddatetime is not null
        or coalesce(named.record.deceasedboolean, false) as is_deceased,
        named.source_updated_at as updated_at
    from named

)

select * from renamed
