"""The rule a release must keep, and what breaks it.

Belongs here: which cells need protection, when they have it, and the error that names
those that have not. Does not belong here: choosing what to hide (``suppress``).

The rule. No cell of 1 to 10 people may be shown, nor worked out from what is shown
(CMS). For each such cell, shown in a table or only derivable, and with a minimum of 11:

1. the equations do not determine it, nor any other cell that is hidden alone (rank);
2. it could as well be 11 or more, so that nobody can tell a small cell from one hidden
   beside it (interval). This contains CalHHS 4.4.1: where the hidden cells of a row add
   up to less than 11, or are 3 or less each and few, another must be hidden;
3. the least and the greatest it can be lie at least 10 apart; of a count of events, at
   least as far apart as the count is large.
"""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from dagster_project.disclosure.attack import Attack
from dagster_project.disclosure.system import Cell, Key, System, named


@dataclass(frozen=True)
class Finding:
    """One cell that a reader of the release could work out, or nearly.

    Attributes:
        tables: The tables that show it as hidden; none if it is derived only.
        key: The cell.
        low: The least it can be.
        high: The greatest it can be.
        rule: What it breaks, in words.
    """

    tables: tuple[str, ...]
    key: Key
    low: int
    high: int
    rule: str

    def __str__(self) -> str:
        where = " and ".join(self.tables) or "no table, but derived"
        return (
            f"{where}: {named(self.key)} lies between {self.low} and {self.high}: "
            f"{self.rule}"
        )


class DisclosureError(RuntimeError):
    """A release from which a small cell can be worked out."""

    def __init__(self, findings: Collection[Finding]) -> None:
        self.findings = tuple(findings)
        told = "; ".join(str(finding) for finding in self.findings[:5])
        more = len(self.findings) - 5
        super().__init__(
            f"Public tables are not published, for small cells can be recovered. {told}"
            + (f"; and {more} more" if more > 0 else "")
            + ". Hide more cells, or drop a dimension of the table."
        )


def needed_width(cell: Cell, minimum: int) -> int:
    """Return how far apart the ends of a protected cell's interval must lie."""
    is_of_events = cell.value > cell.people
    return max(minimum - 1, cell.value) if is_of_events else minimum - 1


def is_protected(cell: Cell, low: int, high: int, minimum: int) -> bool:
    """Return whether an interval keeps rules 2 and 3 for a cell."""
    return high >= minimum and high - low >= needed_width(cell, minimum)


def interval(attack: Attack, cell: Cell, minimum: int) -> tuple[int, int]:
    """Return the interval a cell must lie in, or a narrower one that is wide enough.

    A search costs milliseconds, and the first that suffices ends it.
    """
    for search in (None, attack.high, attack.low):
        if search:
            search(cell.key)
        low, high = attack.seen(cell.key)
        if is_protected(cell, low, high, minimum):
            break
    return low, high


def to_protect(system: System, minimum: int, also: Collection[Key] = ()) -> list[Cell]:
    """Return the cells that nobody may work out.

    Args:
        system: All cells of the release.
        minimum: The smallest count of people that may be shown.
        also: Cells that an earlier release makes tender (``tender``).
    """
    return [
        cell
        for key, cell in system.cells.items()
        if cell.is_small(minimum) or key in also
    ]


def audit(
    system: System,
    hidden: frozenset[Key],
    minimum: int,
    also: Collection[Key] = (),
) -> list[Finding]:
    """Return every cell that the published figures give away.

    Args:
        system: All cells of the release, with their true counts.
        hidden: The published cells that are not shown.
        minimum: The smallest count of people that may be shown.
        also: Further cells that nobody may work out.
    """
    return list(_findings(system, hidden, minimum, also))


def _findings(
    system: System, hidden: frozenset[Key], minimum: int, also: Collection[Key]
) -> Iterator[Finding]:
    attack = Attack(system, hidden)
    determined = set(attack.determined())
    for cell in to_protect(system, minimum, also):
        if cell.is_published and cell.key not in hidden:
            yield Finding(cell.tables, cell.key, cell.value, cell.value, "it is shown")
            continue
        if cell.key in determined:
            low = high = cell.value
            rule = "the other figures determine it"
        else:
            low, high = interval(attack, cell, minimum)
            if is_protected(cell, low, high, minimum):
                continue
            rule = (
                f"it must be able to be {minimum} or more, "
                f"in an interval {needed_width(cell, minimum)} wide"
            )
        yield Finding(cell.tables, cell.key, low, high, rule)
    small = {cell.key for cell in to_protect(system, minimum, also)}
    for key in sorted((determined & hidden) - small):
        cell = system.cells[key]
        if cell.row is None:
            rule = "it is hidden for nothing, for the other figures determine it"
            yield Finding(cell.tables, key, cell.value, cell.value, rule)


def check(
    system: System,
    hidden: frozenset[Key],
    minimum: int,
    also: Collection[Key] = (),
) -> None:
    """Refuse a release that gives a small cell away.

    Raises:
        DisclosureError: Names table, cell and interval of each.
    """
    findings = audit(system, hidden, minimum, also)
    if findings:
        raise DisclosureError(findings)
