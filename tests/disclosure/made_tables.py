"""Invented tables with margins, as linked systems.

Belongs here: building cells and relations from arrays of counts. Does not belong here:
attacking them (``attackers``).
"""

from itertools import product

import numpy as np

from dagster_project.disclosure.system import (
    Cell,
    Key,
    Relation,
    System,
    adds_up,
    linked,
)

SHOWN_IN = ("made_up",)


def cells_and_relations(
    counts: np.ndarray, dimensions: str, tables: tuple[str, ...] = SHOWN_IN
) -> tuple[list[Cell], list[Relation]]:
    """Return every cell and every margin of a table of any number of dimensions.

    Args:
        counts: People, one axis per dimension.
        dimensions: One letter per axis; the same letter in two tables is one margin.
        tables: Where the cells are shown.
    """
    axes = [[*range(size), None] for size in counts.shape]
    cells, relations = [], []
    for place in product(*axes):
        slices = tuple(slice(None) if at is None else at for at in place)
        value = int(counts[slices].sum())
        weight = 4.0 ** sum(at is None for at in place)
        cells.append(Cell(_key(place, dimensions), value, value, tables, weight))
        for axis, at in enumerate(place):
            if at is None:
                parts = [
                    _key((*place[:axis], part, *place[axis + 1 :]), dimensions)
                    for part in range(counts.shape[axis])
                ]
                relations.append(adds_up(_key(place, dimensions), parts))
    return cells, relations


def table(counts: np.ndarray) -> System:
    """Return one table with all its margins as a system."""
    return linked(*cells_and_relations(counts, "abcde"[: counts.ndim]))


def pair(counts: np.ndarray) -> System:
    """Return two tables of one three-way count, a by b and a by c, sharing margin a."""
    left, left_rules = cells_and_relations(counts.sum(axis=2), "ab", ("by_b",))
    right, right_rules = cells_and_relations(counts.sum(axis=1), "ac", ("by_c",))
    return linked([*left, *right], [*left_rules, *right_rules])


def small_cells(system: System, minimum: int = 11) -> frozenset[Key]:
    """Return the cells that the naive rule hides, and no others."""
    return frozenset(k for k, cell in system.cells.items() if cell.is_small(minimum))


def _key(place: tuple, dimensions: str) -> Key:
    named = zip(dimensions, place, strict=True)
    return ("n", "2025", *(f"{name}={at}" for name, at in named if at is not None))
