"""From rows of counts to the cells and relations of the linked system.

Belongs here: naming a row's cells, and what a declaration says holds between them. Does
not belong here: reading a table.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from dagster_project.disclosure.public_tables import (
    ALL,
    Measure,
    PublicTable,
    Shape,
    Sum,
)
from dagster_project.disclosure.system import (
    Cell,
    Key,
    Relation,
    System,
    adds_up,
    at_most,
    linked,
    union,
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


def relations_of(table: PublicTable, rows: Sequence[Row]) -> Iterator[Relation]:
    """Yield what a table's declaration says of its rows."""
    measures = {measure.column: measure for measure in table.measures}
    for rule in table.sums:
        for total, parts in _sums(rule, rows):
            for column in rule.columns:
                measure = measures[column]
                whole = key_of(table, total, measure)
                added = [key_of(table, part, measure) for part in parts]
                if rule.is_union:
                    yield from union(whole, added)
                else:
                    yield adds_up(whole, added)
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


def between_tables(
    keys: Iterable[Key], counts: Mapping[str, Sequence[Row]]
) -> list[Relation]:
    """Return what holds between the cells of different tables.

    A department's people are those of all sets of departments it is in; people met by
    street teams are people met; people of two years were met in one of them.
    """
    known = set(keys)
    relations: list[Relation] = []
    sets: dict[tuple[str, str], list[Key]] = defaultdict(list)
    for row in counts.get("public_department_overlap", ()):
        if row["departments"] == ALL:
            continue
        where = f"n_departments={row['n_departments']}"
        key = ("people_met", row["period"], where, f"departments={row['departments']}")
        for department in row["departments"].split(";"):
            sets[row["period"], department].append(key)
    for (period, department), members in sorted(sets.items()):
        whole = ("people_met", period, f"department={department}")
        if known.issuperset((whole, *members)):
            relations.append(adds_up(whole, members))
    for key in sorted(known):
        measure, period, *where = key
        if measure == "street_people" and ("people_met", period, *where) in known:
            relations.append(at_most(key, ("people_met", period, *where)))
        if measure == "people_met" and not where and "-" in period:
            years = [(measure, year) for year in period.split("-")]
            if known.issuperset(years):
                relations.extend(union(key, years))
    return relations


def system_of(tables: Sequence[tuple[PublicTable, Sequence[Row]]]) -> System:
    """Return the one linked system of all tables of a release.

    Raises:
        ValueError: The counts contradict one another; names the cells.
    """
    cells: list[Cell] = []
    relations: list[Relation] = []
    for table, rows in tables:
        cells.extend(cells_of(table, rows))
        relations.extend(relations_of(table, rows))
    counts = {table.name: rows for table, rows in tables}
    relations.extend(between_tables((cell.key for cell in cells), counts))
    return linked(cells, relations)
