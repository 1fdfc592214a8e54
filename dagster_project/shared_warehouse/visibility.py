"""Which departments see which client record: computed with every release.

Belongs here: the rules as one DuckDB query. Does not belong here: columns (the
agreement names them), the policies that read the result (``identified``).

A department sees its own records, and those that others hold of the clients it serves
too. Three things keep a record at home, with its own department alone: its department
is no party on the day, the client is not eligible any more (WIC 18999.8: seen within so
many months), or it says no more than that somebody was with a 42 CFR Part 2 programme
and no consent is in force.
"""

from dagster_project.shared_warehouse.conference import LIST
from dagster_project.shared_warehouse.desired import literal, quoted
from dagster_project.shared_warehouse.identified import (
    NAME,
    SHARED_UNTIL,
    VISIBLE_TO,
)
from dagster_project.shared_warehouse.rows import Load, value_sql
from dagster_project.shared_warehouse.terms import (
    CASE_CONFERENCE,
    KEYS,
    Terms,
)

ELIGIBLE_UNTIL = "eligible_until"

RECORDS = """
with records as (

    select
        records.*,
        links.person_id
    from intermediate.int_client_records as records
    left join linkage.client_links as links
        on records.client_record_id = links.client_record_id

),

part2_only as (

    -- Never seen but by a Part 2 programme: that the record exists says so.
    select 'dph:fhir:' || patient_id as client_record_id
    from staging.stg_dph__encounter
    group by patient_id
    having bool_and(is_part2)

),

consents as (

    select
        source_client_record_id as client_record_id,
        max(valid_to)::date as valid_to
    from intermediate.int_part2_consents
    group by source_client_record_id

),

marked as (

    select
        records.*,
        1 << (list_position([{parties}], records.department) - 1) as bit,
        part2_only.client_record_id is not null as is_part2_only,
        part2_only.client_record_id is not null
        and consents.client_record_id is null as is_kept_at_home,
        case
            when part2_only.client_record_id is not null then consents.valid_to
        end as consent_until
    from records
    left join part2_only
        on records.client_record_id = part2_only.client_record_id
    left join consents
        on records.client_record_id = consents.client_record_id
    where records.department in ({parties})

),

people as (

    -- A set of departments is a number with a bit for each: lists cost ten times this.
    select
        person_id,
        bit_or(bit) as all_bits,
        coalesce(bit_or(bit) filter (where not is_part2_only), 0) as open_bits,
        coalesce(bit_or(bit) filter (where not is_kept_at_home), 0) as consented_bits,
        max(coalesce(consent_until, date '9999-12-31')) filter (
            where is_part2_only and not is_kept_at_home
        ) as consent_until,
        (max(last_seen_on) + to_months({months}))::date as eligible_until
    from marked
    where person_id is not null
    group by person_id

),

audiences as (

    select
        bits,
        [
            department
            for department in [{parties}]
            if bits & (1 << (list_position([{parties}], department) - 1)) > 0
        ] || [{conference}] as visible_to
    from (select distinct all_bits as bits from people) as every_set

),

judged as (

    select
        marked.*,
        people.eligible_until,
        case
            when marked.is_kept_at_home or people.person_id is null
                then [marked.department]
            else audiences.visible_to
        end as visible_to
    from marked
    left join people
        on marked.person_id = people.person_id
    left join audiences
        on people.all_bits = audiences.bits

)
"""


def records_load(
    terms: Terms, types: dict[str, str], *, months: int, gated: bool
) -> Load:
    """Return how ``identified.client_records`` is filled.

    Args:
        terms: The agreement.
        types: Column of the client records to DuckDB type.
        months: How long after the last contact somebody is eligible.
        gated: Whether only eligible clients' records are shared.
    """
    names = [*KEYS]
    names += [c.name for c in terms.client_records.columns if c.name not in KEYS]
    values = [
        f"{value_sql(name, types.get(name, 'VARCHAR'))} as {quoted(name)}"
        for name in names
    ]
    until = "consent_until"
    if gated:
        until = f"least(consent_until, coalesce({ELIGIBLE_UNTIL}, date '0001-01-01'))"
    query = (
        f"{_records(terms, months)}\n"
        f"select {', '.join(values)}, {VISIBLE_TO}, {until} as {SHARED_UNTIL}\n"
        "from judged order by person_id, client_record_id"
    )
    return Load(NAME, (*names, VISIBLE_TO, SHARED_UNTIL), query, secured=True)


def conference_load(terms: Terms, *, months: int) -> Load:
    """Return how the list of the case conference is filled.

    On it is whom several departments serve, by records that may be shared; where a
    consent is what makes them several, no longer than it lasts.
    """
    query = (
        f"{_records(terms, months)}\n"
        "select person_id, case when bit_count(open_bits) >= 2 then eligible_until\n"
        "    else least(eligible_until, consent_until) end as eligible_until\n"
        "from people\n"
        "where bit_count(consented_bits) >= 2 and eligible_until is not null\n"
        "order by person_id"
    )
    return Load(LIST, ("person_id", "eligible_until"), query, secured=True)


def _records(terms: Terms, months: int) -> str:
    """Return the judged records of the parties under the terms."""
    return RECORDS.format(
        months=int(months),
        parties=", ".join(literal(code) for code in terms.departments) or "''",
        conference=literal(CASE_CONFERENCE),
    )
