"""Cells of today that an earlier release makes tender: to be hidden and protected.

Belongs here: what a reader who kept every release could subtract. Does not belong here:
the register itself (``register``), hiding a cell (``suppress``).

Readers may have kept a release that was withdrawn, so in the next one

* what it hid stays hidden, for else its hidden cells would be known but for a few;
* a cell that it showed and that has moved by 1 to 10 is hidden, for the difference is a
  count of so few people.

A release that stands is repeated, but a period that overlaps with it is not yet told:
2,498 people in two years beside 2,490 released for the first say that eight came in the
second. Such a cell is hidden too.

What stays possible: of a count of events, a change of more than ten may be that of few
people.
"""

from collections.abc import Sequence

from dagster_project.disclosure.counts import key_of
from dagster_project.disclosure.declaration import PublicTable
from dagster_project.disclosure.register import Release
from dagster_project.disclosure.system import Key, System

PEOPLE = ("people_met", "street_people")
"""Measures of people whose year is part of two years, as ``between`` relates them."""


def made_tender(
    system: System,
    tables: Sequence[PublicTable],
    register: Sequence[Release],
    minimum: int,
) -> set[Key]:
    """Return the cells of today that an earlier release makes tender.

    Args:
        system: Today's cells, with their true counts.
        tables: The declarations.
        register: Every release.
        minimum: The smallest count of people that may be shown.
    """
    declared = {table.name: table for table in tables}
    tender: set[Key] = set()
    for release in register:
        table = declared.get(release.table)
        if table is None:
            continue
        for row in release.rows:
            whole = {name: "all" for name in table.grain} | dict(row)
            for measure in table.shown_measures:
                key = key_of(table, whole, measure)
                told = whole.get(measure.column)
                if release.withdrawn_because is None:
                    tender |= _beside(system, key, told, minimum)
                elif _has_moved_little(system, key, told, minimum):
                    tender.add(key)
    return tender


def _has_moved_little(system: System, key: Key, told: int | None, minimum: int) -> bool:
    """Return whether a withdrawn cell was hidden, or differs by few from today's."""
    cell = system.cells.get(key)
    if cell is None or cell.value == 0:
        return False
    return told is None or 0 < abs(cell.value - told) < minimum


def _beside(system: System, key: Key, told: int | None, minimum: int) -> set[Key]:
    """Return today's cells that a released one of part of their time gives away.

    People met in a year are among those of two; where street teams alone meet a
    department's people, so are those whom they met.
    """
    measure, period, *where = key
    if told is None or measure not in PEOPLE:
        return set()
    years = set(period.split("-"))
    found: set[Key] = set()
    for other, cell in system.cells.items():
        kind, time, *place = other
        if kind not in PEOPLE or place != where or not cell.is_published:
            continue
        theirs = set(time.split("-"))
        overlaps = years < theirs or theirs < years
        if overlaps and 0 < abs(cell.value - told) < minimum:
            found.add(other)
    return found
