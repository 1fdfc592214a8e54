-- One row per system and combination of race codes that occurs in it.
-- The same codes always mean the same groups, however many records carry them.

with sets as (

    {% for department in ["hsh", "fire", "dph"] %}
        select distinct
            source_system,
            race_codes
        from {{ ref("int_client_records__" ~ department) }}
        where race_codes is not null
        {% if not loop.last %}union{% endif %}
    {% endfor %}

),

codes as (

    select
        source_system,
        race_codes,
        unnest(string_split(race_codes, ';')) as code
    from sets

),

race_codes_seed as (

    select
        source_system,
        code,
        race,
        ethnicity
    from {{ ref("race_codes") }}

)

select
    codes.source_system,
    codes.race_codes,
    string_agg(distinct race_codes_seed.race, ';' order by race_codes_seed.race)
        as race,
    min(race_codes_seed.ethnicity) as ethnicity
from codes
inner join race_codes_seed
    on
        codes.source_system = race_codes_seed.source_system
        and codes.code = race_codes_seed.code
group by codes.source_system, codes.race_codes
