"""What holds between the cells of different public tables.

Belongs here: every relation that a reader of two tables can use; what is not written
here is not protected. Does not belong here: what one table's declaration says of its
own rows (``counts``).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from dagster_project.disclosure.declaration import ALL
from dagster_project.disclosure.system import (
    Cell,
    Key,
    Relation,
    adds_up,
    at_most,
    difference,
    union,
)

Rows = Sequence[Mapping[str, Any]]
"""Rows of a counts table."""


def between_tables(
    cells: dict[Key, Cell], counts: Mapping[str, Rows]
) -> list[Relation]:
    """Return what holds between the cells of different tables.

    A department's people are those of all sets of departments it is in; people met by
    street teams are people met; people of two years were met in one of them, and those
    of one year, by street teams alone, are among them; people whom an intervention
    reached are among those its team, or its department, met.

    Args:
        cells: The cells of all tables; gains what a reader has by subtraction.
        counts: Rows of the counts, by table.
    """
    relations: list[Relation] = []
    for (period, department), members in _sets(counts).items():
        whole = ("people_met", period, f"department={department}")
        if whole in cells:
            relations.append(adds_up(whole, members))
    for key in sorted(cells):
        measure, period, *where = key
        met = ("people_met", period, *where)
        if measure == "street_people" and met in cells:
            relations += [at_most(key, met), outside_of(met, key, cells)]
        if key == ("people_met", period) and "-" in period:
            years = [("people_met", year) for year in period.split("-")]
            if all(year in cells for year in years):
                relations += union_of(key, years, cells)
        if measure == "street_people" and "-" in period:
            relations += _of_one_year(key, cells)
    for met, reached in _reached(counts):
        # Met on New Year's Eve and watched from the day after, somebody may be missing.
        if met in cells and cells[reached].value <= cells[met].value:
            relations.append(outside_of(met, reached, cells))
    return relations


def union_of(
    whole: Key, parts: Sequence[Key], cells: dict[Key, Cell]
) -> Iterator[Relation]:
    """Yield what holds of a union and of the people outside each part."""
    yield from union(whole, parts)
    for part in parts:
        yield outside_of(whole, part, cells)


def outside_of(whole: Key, part: Key, cells: dict[Key, Cell]) -> Relation:
    """Return the relation of a part to the people outside it, who become a cell."""
    outside, relation = difference(cells[whole], cells[part])
    cells[outside.key] = outside
    return relation


def _of_one_year(key: Key, cells: dict[Key, Cell]) -> Iterator[Relation]:
    """Yield people met in one year beside those whom street teams met in two.

    Where a department meets people by street teams alone, 1,997 in two years and 1,990
    in the first say that seven came in the second. A reader may know that it is so;
    where the counts allow it, it is taken to be so.
    """
    _, period, *where = key
    for year in period.split("-"):
        part = ("people_met", year, *where)
        if where and part in cells and cells[part].value <= cells[key].value:
            yield outside_of(key, part, cells)


def _sets(counts: Mapping[str, Rows]) -> dict[tuple[str, str], list[Key]]:
    """Return the cells of the sets a department is in, by period and department."""
    sets: dict[tuple[str, str], list[Key]] = defaultdict(list)
    for row in counts.get("public_department_overlap", ()):
        if row["departments"] != ALL:
            where = f"n_departments={row['n_departments']}"
            of_set = f"departments={row['departments']}"
            for department in row["departments"].split(";"):
                sets[row["period"], department].append(
                    ("people_met", row["period"], where, of_set)
                )
    return dict(sorted(sets.items()))


def _reached(counts: Mapping[str, Rows]) -> Iterator[tuple[Key, Key]]:
    """Yield the people met, and met by who alone intervenes so, with those reached.

    291 people met by the team that alone answers overdoses, and 288 of them watched
    after one, say that three were not. An accepted offer is reached without a contact.
    """
    for row in counts.get("public_outcomes_by_intervention", ()):
        if row["intervention_type"] == "shelter_offer_accepted":
            continue
        period, department = row["period"], row["only_department"]
        reached = (
            "outcome_people",
            period,
            f"intervention_type={row['intervention_type']}",
            f"outcome_type={row['outcome_type']}",
        )
        yield ("people_met", period), reached
        by = f"department={department}"
        if department is not None:
            yield ("people_met", period, by), reached
            yield ("street_people", period, by), reached
        if row["only_team_code"] is not None:
            of_team = f"team_code={row['only_team_code']}"
            yield ("street_people", period, by, of_team), reached
