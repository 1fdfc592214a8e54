"""All cells of a release, and everything that is known to hold between them.

Belongs here: cells, relations, and whether the counts keep them. Does not belong here:
which cells are hidden (``suppress``), what can be found out about them (``attack``).

Tables that share a margin share its cell, so they are one linked system: a cell is
named by what it counts, not by the table that shows it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

Key = tuple[str, ...]
"""What a cell counts: measure, period, then ``dimension=value`` for each that is not
summed over, as ``("people_met", "2025", "department=hsh")``."""


@dataclass(frozen=True)
class Cell:
    """One count.

    Attributes:
        key: What is counted.
        value: The count, zero or more.
        people: People behind it; they decide, not the events (40 contacts of 3 people
            are a small cell). Whom nobody could link does not count as one of them.
        tables: Tables that show it; none when it is shown nowhere and can only be
            worked out, as the difference of a numerator and its denominator.
        weight: What readers lose when it is hidden; a total is worth more.
        row: Cells of the same row are hidden together; None when it stands alone.
    """

    key: Key
    value: int
    people: int
    tables: tuple[str, ...] = ()
    weight: float = 1.0
    row: Key | None = None

    @property
    def is_published(self) -> bool:
        """Return whether any table shows it, or marks it as suppressed."""
        return bool(self.tables)

    @property
    def least(self) -> int:
        """Return the least a reader who knows the rule takes it for when hidden.

        A zero is hidden only with its row, when nobody of its contacts could be linked;
        elsewhere a hidden cell is at least 1. A cell no table shows may be anything.
        """
        return int(self.is_published and self.value > 0)

    def is_small(self, minimum: int) -> bool:
        """Return whether fewer than ``minimum`` people stand behind a count above 0."""
        return self.value > 0 and self.people < minimum


@dataclass(frozen=True)
class Relation:
    """A weighted sum of cells that is zero, or at most zero, and known to be so."""

    terms: tuple[tuple[Key, int], ...]
    is_equal: bool = True


def adds_up(total: Key, parts: Iterable[Key]) -> Relation:
    """Return that a total is the sum of parts that exclude one another."""
    return Relation(((total, -1), *((part, 1) for part in parts)))


def difference(total: Cell, part: Cell) -> tuple[Cell, Relation]:
    """Return the people of a total who are not in a part, whom no table shows.

    Whoever subtracts has their number: 100 people of whom 95 were met by hsh.
    """
    ours = [one for one in part.key[1:] if one not in total.key[1:]]
    key = (*total.key, f"not {part.key[0]} {' '.join(ours)}".rstrip())
    left = total.value - part.value
    return Cell(key, left, left), adds_up(total.key, [part.key, key])


def at_most(smaller: Key, larger: Key) -> Relation:
    """Return that one count never exceeds another, as people never exceed contacts."""
    return Relation(((smaller, 1), (larger, -1)), is_equal=False)


def union(total: Key, parts: Sequence[Key]) -> list[Relation]:
    """Return what holds when one person may stand in several parts.

    No part exceeds the total, and the total does not exceed their sum.
    """
    covered = Relation(((total, 1), *((part, -1) for part in parts)), is_equal=False)
    return [*(at_most(part, total) for part in parts), covered]


@dataclass(frozen=True)
class System:
    """Cells by key, and the relations between them.

    Raises:
        ValueError: A relation names a cell that is not there, or the counts break it.
    """

    cells: Mapping[Key, Cell]
    relations: tuple[Relation, ...] = ()
    touching: Mapping[Key, tuple[int, ...]] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        touching: dict[Key, list[int]] = {key: [] for key in self.cells}
        for place, relation in enumerate(self.relations):
            missing = [key for key, _ in relation.terms if key not in self.cells]
            if missing:
                raise ValueError(f"no count is given for {named(missing[0])}")
            left = sum(self.cells[key].value * factor for key, factor in relation.terms)
            if left > 0 or (relation.is_equal and left < 0):
                cells = ", ".join(
                    f"{named(key)} = {self.cells[key].value}"
                    for key, _ in relation.terms
                )
                raise ValueError(f"the counts do not add up by {abs(left)}: {cells}")
            for key, _ in relation.terms:
                touching[key].append(place)
        object.__setattr__(
            self, "touching", {key: tuple(at) for key, at in touching.items()}
        )

    def rows_of(self, keys: Collection[Key]) -> frozenset[Key]:
        """Return the published cells that are hidden when these are: rows whole."""
        rows = {self.cells[key].row for key in keys} - {None}
        whole = {key for key, cell in self.cells.items() if cell.row in rows}
        return frozenset(key for key in {*keys, *whole} if self.cells[key].is_published)

    def parts(self) -> "list[System]":
        """Return the systems that nothing connects: what is hidden in one is its own.

        Cells of one row stay together.
        """
        rows: dict[Key, list[Key]] = defaultdict(list)
        for key, cell in self.cells.items():
            if cell.row is not None:
                rows[cell.row].append(key)
        links = [[key for key, _ in one.terms] for one in self.relations]
        return [
            System(
                {key: self.cells[key] for key in keys},
                tuple(
                    self.relations[place]
                    for place in sorted({at for k in keys for at in self.touching[k]})
                ),
            )
            for keys in connected(list(self.cells), [*links, *rows.values()])
        ]


def connected(keys: Sequence[Key], links: Iterable[Sequence[Key]]) -> list[list[Key]]:
    """Return the keys in groups that no link reaches across, in the order given."""
    place = {key: number for number, key in enumerate(keys)}
    leader = list(range(len(keys)))

    def lead(number: int) -> int:
        while leader[number] != number:
            leader[number] = leader[leader[number]]
            number = leader[number]
        return number

    for link in links:
        for one, two in pairwise(link):
            first, second = sorted((lead(place[one]), lead(place[two])))
            leader[second] = first
    groups: dict[int, list[Key]] = defaultdict(list)
    for key in keys:
        groups[lead(place[key])].append(key)
    return list(groups.values())


def named(key: Key) -> str:
    """Return a cell's name in a message.

    >>> named(("people_met", "2025", "department=hsh"))
    'people_met 2025, department hsh'
    """
    measure, *rest = key
    period, where = (rest[0], rest[1:]) if rest else ("", [])
    told = [f"{measure} {period}".strip()]
    return ", ".join([*told, *(part.replace("=", " ") for part in where)])


def merged(cells: Iterable[Cell]) -> dict[Key, Cell]:
    """Return cells by key; a cell that several tables show is one cell.

    Raises:
        ValueError: Two tables give the same cell different counts.
    """
    found: dict[Key, Cell] = {}
    for cell in cells:
        known = found.get(cell.key)
        if known is None:
            found[cell.key] = cell
            continue
        if (known.value, known.people) != (cell.value, cell.people):
            raise ValueError(
                f"{named(cell.key)} is {known.value} in {' '.join(known.tables)} "
                f"and {cell.value} in {' '.join(cell.tables)}"
            )
        found[cell.key] = Cell(
            cell.key,
            cell.value,
            cell.people,
            tuple(dict.fromkeys((*known.tables, *cell.tables))),
            max(known.weight, cell.weight),
            known.row or cell.row,
        )
    return found


def linked(cells: Iterable[Cell], relations: Iterable[Relation]) -> System:
    """Return one system of the cells of several tables, in the order of their keys.

    Raises:
        ValueError: See ``merged`` and ``System``.
    """
    return System(dict(sorted(merged(cells).items())), tuple(dict.fromkeys(relations)))
