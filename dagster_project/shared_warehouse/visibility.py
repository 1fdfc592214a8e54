"""Which departments see which client record: computed with every release.

Belongs here: the queries over judged records. Does not belong here: how they are
judged (``judged_records``), columns (the agreement names them), the policies that read
the result (``identified``).

A department sees its own records, and those that others hold of the clients it serves
too. Four things keep a record at home, with its own department alone: its department is
no party on the day; the client objects to case conferences; the client is not eligible
any more (WIC 18999.8); or it says no more than that somebody was with a 42 CFR Part 2
programme, and no consent is in force.
"""

from collections.abc import Collection, Iterator
from datetime import date

from dagster_project.shared_warehouse.conference import LIST
from dagster_project.shared_warehouse.desired import literal, quoted
from dagster_project.shared_warehouse.identified import (
    NAME,
    SHARED_UNTIL,
    VISIBLE_TO,
)
from dagster_project.shared_warehouse.rows import Load, value_sql
from dagster_project.shared_warehouse.terms import KEYS, PERSON, Terms

ELIGIBLE_UNTIL = "eligible_until"
STATES = "case_list_states"
"""The stewards' list, as the marts have it."""
MAY_BE_TALKED_OF = "shared_bits > 0 and not has_objected and eligible_until is not null"
"""Condition on ``people``; until when, their ``eligible_until`` says."""


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
    # What nobody may read is not sent, ids included.
    of_nobody = "" if terms.client_records.columns else "where false "
    query = (
        f"{judged}\n"
        f"select {', '.join(values)}, {VISIBLE_TO}, {until} as {SHARED_UNTIL}\n"
        f"from judged {of_nobody}order by person_id, client_record_id"
    )
    return Load(NAME, (*names, VISIBLE_TO, SHARED_UNTIL), query, secured=True)


def conference_load(judged: str, there: Collection[str]) -> Load:
    """Return how the list of the case conference is filled.

    On it is whom the conference has taken up (included or assigned) and of whom
    departments may talk: eligible, without an objection, by a record that may be
    shared; where only a consent shares one, no longer than it lasts. Who of several
    persons was meant when a listed one came apart, a steward says first.

    Args:
        judged: The common table expressions of ``judged_records``.
        there: Marts that there are; without a case list, nobody is on the list.
    """
    taken_up = (
        f"select distinct person_id from marts.{STATES} where is_current "
        "and list_state in ('included', 'assigned') and identity_change <> 'split'"
        if STATES in there
        else "select null::varchar as person_id where false"
    )
    query = (
        f"{judged}\n"
        "select people.person_id, case when open_bits > 0 then eligible_until\n"
        "    else least(eligible_until, consent_until) end as eligible_until\n"
        f"from people inner join ({taken_up}) as taken_up\n"
        "    on people.person_id = taken_up.person_id\n"
        f"where {MAY_BE_TALKED_OF}\n"
        "order by people.person_id"
    )
    return Load(LIST, ("person_id", "eligible_until"), query, secured=True)


def case_loads(
    terms: Terms, types: dict[str, dict[str, str]], judged: str, today: date
) -> Iterator[Load]:
    """Yield how the tables a case conference works with are filled.

    Args:
        terms: The agreement.
        types: Table to column to DuckDB type.
        judged: The common table expressions of ``judged_records``.
        today: The day of the release; who is not eligible then is not sent at all.
    """
    for table in terms.case_tables:
        names = tuple(column.name for column in table.columns)
        values = ", ".join(
            f"{value_sql(name, types[table.name][name])} as {quoted(name)}"
            for name in names
        )
        query = (
            f"{judged},\nshared as (select person_id as of_person, eligible_until as "
            f"{SHARED_UNTIL}\n    from people where {MAY_BE_TALKED_OF}\n"
            f"    and eligible_until >= date {literal(today)})\n"
            f"select {values}, {SHARED_UNTIL}\n"
            f"from marts.{quoted(table.name)} inner join shared\n"
            f"    on {PERSON} = of_person order by all"
        )
        into = f"identified.{table.name}"
        yield Load(into, (*names, SHARED_UNTIL), query, secured=True)
