-- HMIS ids whose first name, last name and birth date all changed from one version to
-- the next: the id was probably given to somebody else, whose history is now one with
-- the first person's. A warning, for HSH to look at; ids only, no one's name.
{{ config(severity="warn") }}

with versions as (

    select
        _delivery_id as delivery_id,
        _row_number as row_number,
        {{ text_value("personalid") }} as personal_id,
        lower({{ text_value("firstname") }}) as first_name,
        lower({{ text_value("lastname") }}) as last_name,
        {{ birth_date_value("dob") }} as birth_date,
        {{ local_time("dateupdated") }} as source_updated_at
    from {{ source("raw", "hsh_client") }}

),

neighbours as (

    select
        delivery_id,
        personal_id,
        first_name,
        last_name,
        birth_date,
        lag(first_name) over told as first_name_before,
        lag(last_name) over told as last_name_before,
        lag(birth_date) over told as birth_date_before
    from versions
    window
        told as (
            partition by personal_id
            order by source_updated_at, delivery_id, row_number
        )

)

select
    personal_id,
    delivery_id
from neighbours
where
    first_name <> first_name_before
    and last_name <> last_name_before
    and birth_date <> birth_date_before
    and first_name <> last_name_before
