"""Audit the public tables as they were written, not as they were meant to be.

Belongs here: from rows with nulls back to the pattern of hidden cells. Does not belong
here: the rule (``audit``).
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dagster_project.disclosure.audit import Finding, audit
from dagster_project.disclosure.columns import columns_of
from dagster_project.disclosure.counts import (
    Row,
    is_shown,
    key_of,
    rows_of,
    system_of,
)
from dagster_project.disclosure.declaration import PublicTable
from dagster_project.disclosure.public_rows import public_rows, released_rows
from dagster_project.disclosure.public_tables import PUBLIC_TABLES
from dagster_project.disclosure.register import Release, closed_periods
from dagster_project.disclosure.system import Key
from dagster_project.disclosure.tender import made_tender

PublicRow = Mapping[str, Any]
"""One row of a public table."""


def audit_written(
    written: Mapping[str, Sequence[PublicRow]],
    shapes: Mapping[str, str],
    counts: Mapping[str, Sequence[Row]],
    register: Sequence[Release],
    minimum: int,
    tables: Sequence[PublicTable] = PUBLIC_TABLES,
) -> list[Finding]:
    """Return every small cell that the written tables give away.

    Args:
        written: Rows of each public table.
        shapes: The shape each is published in.
        counts: Rows of each table's counts.
        register: Every release.
        minimum: The smallest count of people that may be shown.
        tables: The declarations.
    """
    closed = closed_periods(register)
    fresh: list[tuple[PublicTable, list[Row]]] = []
    hidden: set[Key] = set()
    shown: set[Key] = set()
    findings: list[Finding] = []
    for table in tables:
        proposed = {
            _place(table, row): row
            for row in written[table.name]
            if row["release_status"] == "proposed"
        }
        rows: list[Row] = []
        if table.name in shapes:
            shape = next(one for one in table.shapes if one.name == shapes[table.name])
            rows = [
                row
                for row in rows_of(table, shape, counts[table.name])
                if row["period"] not in closed
            ]
        fresh.append((table, rows))
        lacking, there = _pattern(table, rows, proposed)
        hidden |= lacking
        shown |= there
        findings += _leaks(table, rows, lacking, proposed)
        findings += _changed(table, written[table.name], register)
    system = system_of(fresh)
    tender = made_tender(system, tables, register, minimum)
    # What one table hides and another shows is not hidden.
    return findings + audit(system, frozenset(hidden - shown), minimum, tender)


def _place(table: PublicTable, row: Row) -> Key:
    names = [name for name in table.grain if name != table.detail]
    return (row["period"], *(f"{name}={row[name]}" for name in names))


def _pattern(
    table: PublicTable, rows: Sequence[Row], proposed: Mapping[Key, PublicRow]
) -> tuple[frozenset[Key], frozenset[Key]]:
    """Return the cells that the written rows do not show, and those they show."""
    told = {
        key_of(table, row, measure): proposed.get(_place(table, row), {}).get(
            measure.column
        )
        for row in rows
        if is_shown(table, row)
        for measure in table.shown_measures
    }
    lacking = frozenset(key for key, value in told.items() if value is None)
    return lacking, frozenset(told) - lacking


def _leaks(
    table: PublicTable,
    rows: Sequence[Row],
    hidden: frozenset[Key],
    proposed: Mapping[Key, PublicRow],
) -> Iterator[Finding]:
    """Yield figures that derive from a hidden count, or that nobody counted."""
    expected = {_place(table, row): row for row in public_rows(table, rows, hidden, "")}
    for place, row in proposed.items():
        for name, (kind, _) in columns_of(table).items():
            told = row[name]
            if kind not in ("int", "float") or told is None:
                continue
            true = expected.get(place, {}).get(name)
            if told != true:
                rule = "it derives from a hidden count or is not what was counted"
                yield Finding((table.name,), (name, *place), told, told, rule)


def _changed(
    table: PublicTable, written: Sequence[PublicRow], register: Sequence[Release]
) -> Iterator[Finding]:
    """Yield released figures that are not as they were released."""
    now = {_place(table, row): row for row in written}
    for row in released_rows(table, register):
        place = _place(table, row)
        for name, (kind, _) in columns_of(table).items():
            told = now.get(place, {}).get(name)
            if kind in ("int", "float") and told != row.get(name):
                yield Finding(
                    (table.name,), (name, *place), 0, 0, "it was released otherwise"
                )
