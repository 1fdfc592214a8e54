"""Two attackers that share no code with the audit.

Belongs here: recovering hidden cells from what is shown. ``enumerate_all`` tries every
whole number; ``relaxed`` asks a linear programme, equation by equation.
"""

import numpy as np
from scipy.optimize import linprog

from dagster_project.disclosure.system import Key, System

Known = dict[Key, tuple[int, int]]


def enumerate_all(system: System, hidden: frozenset[Key], most: int = 60) -> Known:
    """Return the least and greatest value of each hidden cell over all solutions.

    Only for systems of equations with few hidden cells, all of them published.
    """
    keys = sorted(hidden)
    place = {key: number for number, key in enumerate(keys)}
    equations = []
    for relation in system.relations:
        left = [(place[k], f) for k, f in relation.terms if k in place]
        rest = -sum(
            f * system.cells[k].value for k, f in relation.terms if k not in place
        )
        if left:
            equations.append((left, rest))
    found = {key: [most + 1, 0] for key in keys}
    values: list[int] = []

    def possible(number: int) -> range:
        least, greatest = 1, most
        for left, rest in equations:
            if max(at for at, _ in left) == number:
                mine = next(f for at, f in left if at == number)
                others = sum(f * values[at] for at, f in left if at != number)
                value, odd = divmod(rest - others, mine)
                if odd:
                    return range(0)
                least, greatest = max(least, value), min(greatest, value)
        return range(least, greatest + 1)

    def descend(number: int) -> None:
        if number == len(keys):
            for key, value in zip(keys, values, strict=True):
                found[key][0] = min(found[key][0], value)
                found[key][1] = max(found[key][1], value)
            return
        for value in possible(number):
            values.append(value)
            descend(number + 1)
            values.pop()

    descend(0)
    return {key: (low, high) for key, (low, high) in found.items()}


def relaxed(system: System, hidden: frozenset[Key], key: Key) -> tuple[float, float]:
    """Return the interval of one cell by linear programming, all cells as variables."""
    keys = list(system.cells)
    bounds = []
    for other in keys:
        cell = system.cells[other]
        if other in hidden:
            bounds.append((min(1, cell.value), None))
        elif cell.is_published:
            bounds.append((cell.value, cell.value))
        else:
            bounds.append((0, None))
    rows = {True: [], False: []}
    for relation in system.relations:
        row = np.zeros(len(keys))
        for other, factor in relation.terms:
            row[keys.index(other)] += factor
        rows[relation.is_equal].append(row)
    ends = []
    for sign in (1, -1):
        goal = np.zeros(len(keys))
        goal[keys.index(key)] = sign
        found = linprog(
            goal,
            A_ub=np.array(rows[False]) if rows[False] else None,
            b_ub=np.zeros(len(rows[False])) if rows[False] else None,
            A_eq=np.array(rows[True]) if rows[True] else None,
            b_eq=np.zeros(len(rows[True])) if rows[True] else None,
            bounds=bounds,
        )
        ends.append(sign * np.inf * -1 if found.status == 3 else sign * found.fun)
    return ends[0], ends[1]
