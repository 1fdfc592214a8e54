"""From rows of counts to the cells and relations of the linked system.

Belongs here: naming a row's cells, and what a declaration says holds between them. Does
not belong here: reading a table, what holds between tables (``between``).
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from dagster_project.disclosure.between import between_tables, outside_of, union_of
from dagster_project.disclosure.declaration import (
    ALL,
    Measure,
    PublicTable,
    Shape,
    Sum,
    Within,
)
from dagster_project.disclosure.system import (
    Cell,
    Key,
    Relation,
    System,
    adds_up,
    at_most,
    linked,
    merged,
)

Row = Mapping[str, Any]
"""One row of a counts table: period_kind, period, dimensions, counts."""

TOTAL_WEIGHT = 4.0
"""What a total is worth against a cell of its own: readers look at totals first."""


def key_of(table: PublicTable, row: Row, measure: Measure) -> Key:
    """Return what a measure of a row counts."""
    where = (f"{name}={row[name]}" for name in table.grain if row[name] != ALL)
    return (measure.counted, row["period"], *where)


def rows_of(table: PublicTable, shape: Shape, counts: Iterable[Row]) -> list[Row]:
    """Return the rows of a shape, those of the hidden detail included, in order."""
    rows = [
        row
        for row in counts
        if row["period_kind"] == shape.period_kind
        and all(row[name] == ALL for name in shape.summed)
    ]
    return sorted(
        rows, key=lambda row: (row["period"], *(row[name] for name in table.grain))
    )


def is_shown(table: PublicTable, row: Row) -> bool:
    """Return whether a row of counts is a row of the public table."""
    return table.detail is None or row[table.detail] == ALL


def cells_of(table: PublicTable, rows: Iterable[Row]) -> Iterator[Cell]:
    """Yield the cells of a table's rows."""
    for row in rows:
        n_summed = sum(row[name] == ALL for name in table.grain)
        if table.detail:
            n_summed -= 1
        for measure in table.measures:
            shown = measure.is_published and is_shown(table, row)
            yield Cell(
                key_of(table, row, measure),
                row[measure.column],
                row[measure.people],
                (table.name,) if shown else (),
                TOTAL_WEIGHT ** max(n_summed, 0),
                key_of(table, row, table.measures[0]) if table.hides_rows else None,
            )


def relations_of(
    table: PublicTable, rows: Sequence[Row], cells: dict[Key, Cell]
) -> Iterator[Relation]:
    """Yield what a table's declaration says of its rows.

    Args:
        table: The declaration.
        rows: The rows of its counts.
        cells: Their cells; gains what a reader has by subtraction.
    """
    measures = {measure.column: measure for measure in table.measures}
    for rule in table.sums:
        for total, parts in _sums(rule, rows):
            for column in rule.columns:
                measure = measures[column]
                whole = key_of(table, total, measure)
                added = [key_of(table, part, measure) for part in parts]
                if rule.is_union:
                    yield from union_of(whole, added, cells)
                else:
                    yield adds_up(whole, added)
    for rule in table.withins:
        for whole, part in _within(rule, table, rows):
            for column in rule.columns:
                measure = measures[column]
                yield outside_of(
                    key_of(table, whole, measure), key_of(table, part, measure), cells
                )
    for row in rows:
        for split in table.splits:
            yield adds_up(
                key_of(table, row, measures[split.total]),
                [key_of(table, row, measures[part]) for part in split.parts],
            )
        for less, more in table.at_most:
            yield at_most(
                key_of(table, row, measures[less]), key_of(table, row, measures[more])
            )


def _sums(rule: Sum, rows: Sequence[Row]) -> Iterator[tuple[Row, list[Row]]]:
    """Yield each total with its parts; a category without a row is a zero."""
    groups: dict[tuple, list[Row]] = defaultdict(list)
    totals: dict[tuple, Row] = {}
    for row in rows:
        if any(row[name] != ALL for name in rule.deeper):
            continue
        place = (row["period"], *(row[name] for name in rule.by))
        if row[rule.across] == ALL:
            totals[place] = row
        else:
            groups[place].append(row)
    for place, parts in groups.items():
        over_all = (place[0], *(ALL for _ in rule.by))
        total = totals.get(place) or totals.get(over_all)
        if total is not None:
            yield total, parts


def _within(
    rule: Within, table: PublicTable, rows: Sequence[Row]
) -> Iterator[tuple[Row, Row]]:
    """Yield each row that holds all people of another, with that other."""
    others = [name for name in table.grain if name != rule.across]
    wholes = {
        (row["period"], *(row[name] for name in others)): row
        for row in rows
        if row[rule.across] == rule.whole
    }
    for row in rows:
        whole = wholes.get((row["period"], *(row[name] for name in others)))
        if whole is not None and row is not whole:
            yield whole, row


def system_of(tables: Sequence[tuple[PublicTable, Sequence[Row]]]) -> System:
    """Return the one linked system of all tables of a release.

    Raises:
        ValueError: The counts contradict one another; names the cells.
    """
    cells = merged(cell for table, rows in tables for cell in cells_of(table, rows))
    relations: list[Relation] = []
    for table, rows in tables:
        relations.extend(relations_of(table, rows, cells))
    relations += between_tables(cells, {table.name: rows for table, rows in tables})
    return linked(cells.values(), relations)
