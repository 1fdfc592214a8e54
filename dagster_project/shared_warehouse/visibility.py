"""Which departments see which client record: computed with every release.

Belongs here: the two queries over judged records. Does not belong here: how they are
judged (``judged_records``), columns (the agreement names them), the policies that read
the result (``identified``).

A department sees its own records, and those that others hold of the clients it serves
too. Four things keep a record at home, with its own department alone: its department is
no party on the day; the client objects to case conferences; the client is not eligible
any more (WIC 18999.8); or it says no more than that somebody was with a 42 CFR Part 2
programme, and no consent is in force.
"""

from dagster_project.shared_warehouse.conference import LIST
from dagster_project.shared_warehouse.desired import quoted
from dagster_project.shared_warehouse.identified import (
    NAME,
    SHARED_UNTIL,
    VISIBLE_TO,
)
from dagster_project.shared_warehouse.rows import Load, value_sql
from dagster_project.shared_warehouse.terms import KEYS, Terms

ELIGIBLE_UNTIL = "eligible_until"


def records_load(
    terms: Terms, types: dict[str, str], judged: str, *, gated: bool
) -> Load:
    """Return how ``identified.client_records`` is filled.

    Args:
        terms: The agreement.
        types: Column of the client records to DuckDB type.
        judged: The common table expressions of ``judged_records``.
        gated: Whether only eligible clients' records are shared.
    """
    names = [*KEYS]
    names += [c.name for c in terms.client_records.columns if c.name not in KEYS]
    values = [
        f"{value_sql(name, types.get(name, 'VARCHAR'))} as {quoted(name)}"
        for name in names
    ]
    until = "least(consent_until, party_until)"
    if gated:
        never = "date '0001-01-01'"
        until = f"least({until}, coalesce({ELIGIBLE_UNTIL}, {never}))"
    query = (
        f"{judged}\n"
        f"select {', '.join(values)}, {VISIBLE_TO}, {until} as {SHARED_UNTIL}\n"
        "from judged order by person_id, client_record_id"
    )
    return Load(NAME, (*names, VISIBLE_TO, SHARED_UNTIL), query, secured=True)


def conference_load(judged: str) -> Load:
    """Return how the list of the case conference is filled.

    On it is whom several departments serve, by records that may be shared; where a
    consent is what makes them several, no longer than it lasts.
    """
    query = (
        f"{judged}\n"
        "select person_id, case when bit_count(open_bits) >= 2 then eligible_until\n"
        "    else least(eligible_until, consent_until) end as eligible_until\n"
        "from people\n"
        "where bit_count(shared_bits) >= 2 and eligible_until is not null\n"
        "order by person_id"
    )
    return Load(LIST, ("person_id", "eligible_until"), query, secured=True)
