"""What somebody can find out about hidden cells who has every published figure.

Belongs here: the attacker's linear system and the two questions asked of it: which
cells it determines, and between which whole numbers a cell must lie. Does not belong
here: how narrow is too narrow (``audit``).

The attacker knows the relations, the shown cells, that counts are whole and not
negative, and that a zero is not hidden: so a hidden published cell is at least 1, a
cell that no table shows at least 0 (``Cell.least``). This is the attacker of Fischetti
and Salazar, "Solving the cell suppression problem on tabular data with linear
constraints", Management Science 47 (2001), in whole numbers and with our rule known.
"""

from collections.abc import Iterable
from dataclasses import InitVar, dataclass, field

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array

from dagster_project.disclosure.system import Key, System, connected

FURTHEST = 10_000
"""How far above twice its true value a hidden cell is looked for. It stands in for
"without bound", and looking no further can only make an interval look narrower."""

NEGLIGIBLE = 1e-7
"""Below this a number of the solver or of a null space is zero."""


@dataclass
class Attack:
    """The attacker against one pattern of hidden cells.

    Attributes:
        system: All cells of the release.
        hidden: The published cells that are not shown.
        after: The attack on a pattern that hid less. What was possible there is
            possible here, so it need not be found again.
    """

    system: System
    hidden: frozenset[Key]
    after: InitVar["Attack | None"] = None
    _reached: dict[Key, list[int]] = field(init=False, repr=False)
    _parts: dict[Key, "_Part"] = field(init=False, repr=False)

    def __post_init__(self, after: "Attack | None") -> None:
        cells = self.system.cells
        unknown = [
            key
            for key, cell in cells.items()
            if key in self.hidden or not cell.is_published
        ]
        known = after._reached if after else {}
        self._reached = {
            key: list(known.get(key, [cells[key].value] * 2)) for key in unknown
        }
        self._parts = {
            key: part for part in _parts(self.system, unknown) for key in part.keys
        }

    def determined(self) -> list[Key]:
        """Return the unknown cells that the equations alone settle (rank audit)."""
        return [
            key
            for part in dict.fromkeys(self._parts.values())
            for key in part.determined()
        ]

    def beside(self, key: Key) -> frozenset[Key]:
        """Return the unknown cells that relations connect with one of them."""
        return frozenset(self._parts[key].keys)

    def interval(self, key: Key) -> tuple[int, int]:
        """Return the least and the greatest whole number the cell can be.

        The upper end is far above the true value when nothing bounds it (``FURTHEST``).
        """
        return self.low(key), self.high(key)

    def low(self, key: Key) -> int:
        """Return the least the cell can be."""
        return self._solve(key, 1)

    def high(self, key: Key) -> int:
        """Return the greatest the cell can be."""
        return self._solve(key, -1)

    def seen(self, key: Key) -> tuple[int, int]:
        """Return an interval the cell is known to fill at least, without a search.

        Each solution found for one cell is a solution for all, so most questions are
        answered by the searches made for others.
        """
        low, high = self._reached[key]
        return low, high

    def _solve(self, key: Key, sign: int) -> int:
        part = self._parts[key]
        found = part.furthest(key, sign)
        for other, value in zip(part.keys, found, strict=True):
            reached = self._reached[other]
            reached[0] = min(reached[0], value)
            reached[1] = max(reached[1], value)
        return found[part.keys.index(key)]


class _Part:
    """Unknown cells that hang together by relations, and the matrix of these."""

    def __init__(
        self,
        system: System,
        keys: list[Key],
        relations: Iterable[int],
    ) -> None:
        self.keys = keys
        column = {key: place for place, key in enumerate(keys)}
        self.truth = np.array([system.cells[key].value for key in keys], float)
        rows, columns, factors, low, high, equal = [], [], [], [], [], []
        for row, place in enumerate(sorted(relations)):
            relation = system.relations[place]
            rest = 0
            for key, factor in relation.terms:
                if key in column:
                    rows.append(row)
                    columns.append(column[key])
                    factors.append(factor)
                else:
                    rest -= factor * system.cells[key].value
            low.append(rest if relation.is_equal else -np.inf)
            high.append(rest)
            equal.append(relation.is_equal)
        shape = (len(low), len(keys))
        self.matrix = csr_array((factors, (rows, columns)), shape=shape)
        self.limits = LinearConstraint(self.matrix, low, high) if low else None
        self.equal = np.array(equal, bool)
        least = [float(system.cells[key].least) for key in keys]
        self.bounds = Bounds(least, 2 * self.truth + FURTHEST)

    def determined(self) -> list[Key]:
        """Return the cells on which the null space of the equations is zero."""
        equations = self.matrix.toarray()[self.equal]
        if not len(equations):
            return []
        _, strengths, directions = np.linalg.svd(equations)
        rank = int((strengths > NEGLIGIBLE).sum())
        free = np.abs(directions[rank:]).max(axis=0, initial=0.0)
        return [
            key
            for key, moves in zip(self.keys, free, strict=True)
            if moves < NEGLIGIBLE
        ]

    def furthest(self, key: Key, sign: int) -> list[int]:
        """Return the whole-numbered solution with the least (1) or greatest (-1) cell.

        Raises:
            RuntimeError: The solver gave up; nothing may be published unproven.
        """
        goal = np.zeros(len(self.keys))
        goal[self.keys.index(key)] = sign
        found = milp(
            goal,
            integrality=np.ones(len(self.keys)),
            bounds=self.bounds,
            constraints=self.limits,
            options={"mip_rel_gap": 0.0},
        )
        if found.status != 0:
            raise RuntimeError(f"the interval of {key} was not found: {found.message}")
        return [round(value) for value in found.x]


def _parts(system: System, unknown: list[Key]) -> list[_Part]:
    """Return the unknown cells in parts that no relation connects."""
    known_not = set(unknown)
    touched = {place for key in unknown for place in system.touching[key]}
    links = (
        [key for key, _ in system.relations[place].terms if key in known_not]
        for place in sorted(touched)
    )
    return [
        _Part(
            system,
            keys,
            {place for key in keys for place in system.touching[key]},
        )
        for keys in connected(unknown, links)
    ]
