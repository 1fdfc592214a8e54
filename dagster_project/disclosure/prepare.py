"""Prepare a release: shapes chosen, cells hidden, audit passed, rows ready.

Belongs here: the order of these steps. Does not belong here: any of the steps, and
reading or writing a table (``tables``).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dagster_project.disclosure import SMALL_CELL_MINIMUM
from dagster_project.disclosure.audit import check
from dagster_project.disclosure.choose import chosen, score_rows, try_shapes
from dagster_project.disclosure.counts import Row, system_of
from dagster_project.disclosure.declaration import PublicTable
from dagster_project.disclosure.public_rows import public_rows, released_rows
from dagster_project.disclosure.public_tables import PUBLIC_TABLES
from dagster_project.disclosure.register import (
    Release,
    closed_periods,
    shape_released,
)
from dagster_project.disclosure.scoring import Points
from dagster_project.disclosure.suppress import suppress
from dagster_project.disclosure.system import Key, System
from dagster_project.disclosure.tender import made_tender


@dataclass(frozen=True)
class Prepared:
    """A release, ready to be written.

    Attributes:
        rows: The public rows of each table.
        scores: One row per table and shape, with its points and verdict.
        system: The cells and relations that were protected.
        hidden: The published cells that are not shown.
        tender: Cells that an earlier release made tender.
        shapes: The shape each table is published in; tables refused are missing.
    """

    rows: Mapping[str, Sequence[Mapping[str, Any]]]
    scores: Sequence[Mapping[str, Any]]
    system: System
    hidden: frozenset[Key]
    tender: frozenset[Key]
    shapes: Mapping[str, str]


def prepare(
    counts: Mapping[str, Sequence[Row]],
    seed: Sequence[Points],
    register: Sequence[Release] = (),
    *,
    data_through: str = "",
    minimum: int = SMALL_CELL_MINIMUM,
    tables: Sequence[PublicTable] = PUBLIC_TABLES,
) -> Prepared:
    """Return a release that gives no small cell away.

    Args:
        counts: Rows of each public table's counts, by the table's name.
        seed: The rows of seed ``calhhs_publication_score``.
        register: Every earlier release.
        data_through: Last complete day of the data, ISO.
        minimum: The smallest count of people that may be shown, 11 or more.
        tables: The declarations.

    Raises:
        DisclosureError: Never, unless the suppression is broken: the audit is run on
            what it chose.
        ValueError: The counts contradict one another, or the minimum is below 11.
    """
    if minimum < SMALL_CELL_MINIMUM:
        raise ValueError(
            f"the smallest count to be shown is {SMALL_CELL_MINIMUM}, not {minimum}: "
            "an agreement may ask for more, never for less"
        )
    closed = closed_periods(register)
    tried = {
        table.name: try_shapes(table, counts[table.name], seed, minimum)
        for table in tables
    }
    found = {
        name: chosen(shapes, shape_released(register, name))
        for name, shapes in tried.items()
    }
    fresh = [
        (one.table, [row for row in one.rows if row["period"] not in closed])
        for one in found.values()
        if one is not None
    ]
    system = system_of(fresh)
    tender = frozenset(made_tender(system, tables, register, minimum))
    hidden = suppress(system, minimum, tender)
    check(system, hidden, minimum, tender)
    proposed = {
        table.name: list(public_rows(table, rows, hidden, data_through))
        for table, rows in fresh
    }
    repeated = {table.name: list(released_rows(table, register)) for table in tables}
    rows = {
        name: repeated[name] + proposed.get(name, [])
        for name in (table.name for table in tables)
    }
    return Prepared(
        rows,
        list(score_rows(tried, found, rows)),
        system,
        hidden,
        tender,
        {name: one.shape.name for name, one in found.items() if one is not None},
    )
