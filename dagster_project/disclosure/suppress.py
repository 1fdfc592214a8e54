"""Choose the cells to hide: the small ones, and as few others as protect them.

Belongs here: primary and complementary suppression of one linked system. Does not
belong here: the rule (``audit``), the tables (``public_tables``).

Complements are chosen one tender cell after another. A linear programme looks for the
cheapest way the counts could have been different so that the tender cell is large
enough and every total still holds; the shown cells that move in it are hidden. At the
end each one is shown again whose hiding turns out not to be needed. Cells are taken in
the order of their keys and the solver has no clock, so the same counts give the same
pattern.
"""

from collections.abc import Collection
from math import log2

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, hstack

from dagster_project.disclosure.attack import NEGLIGIBLE, Attack
from dagster_project.disclosure.audit import (
    interval,
    is_protected,
    needed_width,
    to_protect,
)
from dagster_project.disclosure.system import Cell, Key, System


def suppress(
    system: System, minimum: int, also: Collection[Key] = ()
) -> frozenset[Key]:
    """Return the published cells to hide.

    Args:
        system: All cells of the release.
        minimum: The smallest count of people that may be shown.
        also: Further cells to hide and to protect (``tender``).

    Raises:
        RuntimeError: No pattern protects a cell; hiding every count always does, so
            this means that the relations are wrong.
    """
    hidden = (_suppress(part, minimum, also) for part in system.parts())
    return frozenset().union(*hidden)


def _suppress(system: System, minimum: int, also: Collection[Key]) -> frozenset[Key]:
    """Return the cells to hide of cells that hang together."""
    tender = to_protect(system, minimum, also)
    small = system.rows_of([cell.key for cell in tender])
    hidden = small
    attack = Attack(system, hidden)
    while exposed := _exposed(attack, tender, minimum):
        cell, goal = exposed
        more = system.rows_of(_cheapest(system, hidden, cell, goal)) - hidden
        if not more:
            raise RuntimeError(f"nothing that can be hidden protects {cell.key}")
        hidden |= more
        attack = Attack(system, hidden, attack)
    return _shown_again(attack, small, tender, minimum)


def _exposed(
    attack: Attack, tender: list[Cell], minimum: int
) -> tuple[Cell, int] | None:
    """Return the first cell without protection, and how large it must be able to be."""
    for cell in tender:
        low, high = interval(attack, cell, minimum)
        if not is_protected(cell, low, high, minimum):
            return cell, max(minimum, low + needed_width(cell, minimum))
    return None


def _cheapest(
    system: System, hidden: frozenset[Key], cell: Cell, goal: int
) -> list[Key]:
    """Return the shown cells that must move for a cell to reach a goal.

    Zeros stay: a zero is no person's and is always shown (CalHHS 4.4.1).
    """
    cells = [
        other
        for other in system.cells.values()
        if other.value > 0 or not other.is_published
    ]
    column = {other.key: place for place, other in enumerate(cells)}
    up = np.array([_cost(other, hidden) for other in cells])
    room = [other.value - other.least for other in cells]
    bounds = [(0.0, None) for _ in cells] + [(0.0, float(down)) for down in room]
    here = column[cell.key]
    bounds[here] = (float(goal - cell.value), None)
    bounds[len(cells) + here] = (0.0, 0.0)
    equal, at_most, slack = [], [], []
    for relation in system.relations:
        terms = [(column[key], f) for key, f in relation.terms if key in column]
        if relation.is_equal:
            equal.append(terms)
        else:
            at_most.append(terms)
            slack.append(-sum(f * cells[place].value for place, f in terms))
    found = linprog(
        np.concatenate([up, up]),
        A_ub=_both_ways(at_most, len(cells)),
        b_ub=slack or None,
        A_eq=_both_ways(equal, len(cells)),
        b_eq=np.zeros(len(equal)) if equal else None,
        bounds=bounds,
        method="highs-ds",
    )
    if found.status != 0:
        raise RuntimeError(f"nothing that can be hidden protects {cell.key}")
    moved = np.maximum(found.x[: len(cells)], found.x[len(cells) :]) > NEGLIGIBLE
    return [
        other.key
        for other, moves in zip(cells, moved, strict=True)
        if moves and other.is_published and other.key not in hidden
    ]


def _cost(cell: Cell, hidden: Collection[Key]) -> float:
    """Return what moving a cell by one costs: nothing where nothing new is hidden.

    Large counts cost a little more: they tell readers more than small ones.
    """
    if cell.key in hidden or not cell.is_published:
        return 0.0
    return cell.weight * (4 + log2(1 + cell.value))


def _both_ways(rows: list[list[tuple[int, int]]], width: int) -> csr_array | None:
    """Return the matrix of a change as what is added (left) less what is taken."""
    if not rows:
        return None
    places = [(row, *term) for row, terms in enumerate(rows) for term in terms]
    at, columns, factors = zip(*places, strict=True)
    matrix = csr_array((factors, (at, columns)), shape=(len(rows), width), dtype=float)
    return hstack([matrix, -matrix], format="csr")


def _shown_again(
    attack: Attack, small: frozenset[Key], tender: list[Cell], minimum: int
) -> frozenset[Key]:
    """Return the pattern without the complements that protect nobody, dearest first."""
    system, hidden = attack.system, attack.hidden
    complements = sorted(
        hidden - small, key=lambda key: (-_cost(system.cells[key], ()), key)
    )
    for key in complements:
        if key not in hidden:
            continue
        again = system.rows_of([key])
        near = frozenset().union(*(attack.beside(one) for one in again))
        if again & small:
            continue
        fewer = hidden - again
        concerned = [cell for cell in tender if cell.key in near]
        if _exposed(Attack(system, fewer), concerned, minimum) is None:
            hidden = fewer
    return hidden
