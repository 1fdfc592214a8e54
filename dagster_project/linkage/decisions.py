"""Decisions of stewards: two records are one person, or are not.

Belongs here: what a decision is, how it stands against the records of today, and which
decisions contradict one another. Does not belong here: keeping them
(``decision_file``), asking again (``decision_review``), linking (``cluster``).
"""

from collections.abc import Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime

MUST_LINK, CANNOT_LINK = "must_link", "cannot_link"
KINDS = (MUST_LINK, CANNOT_LINK)

ACTIVE, TO_REVIEW, WITHDRAWN = "active", "to_review", "withdrawn"
DORMANT, CONTRADICTORY = "dormant", "contradictory"
STATUSES = (ACTIVE, TO_REVIEW, WITHDRAWN, DORMANT, CONTRADICTORY)
"""``to_review``: a record changed since; ``dormant``: a record is gone or carries too
little to be linked; ``contradictory``: others say the opposite, so none is applied."""

IDENTIFYING = frozenset({"first_name", "last_name", "dob", "ssn"})
"""A must-link rests on these. When one changes, its ground is gone, and a wrong link
costs most: evidence decides until a steward answers. A new telephone or address is
life, and leaves a must-link in force; nothing lifts a cannot-link but a steward."""

Contents = Mapping[str, str]
"""Column -> keyed hash of the value, of the columns that are compared."""


@dataclass(frozen=True)
class Decision:
    """One decision, and how it stands."""

    decision_id: str
    kind: str
    left: str
    right: str
    reason: str
    decided_by: str
    decided_at: datetime
    left_content: Contents = field(default_factory=dict)
    right_content: Contents = field(default_factory=dict)
    withdrawn_by: str | None = None
    withdrawn_at: datetime | None = None
    withdrawn_because: str | None = None
    status: str = ACTIVE
    changed: tuple[str, ...] = ()
    holds: bool = False  # whatever changed: a table's decisions do

    @property
    def records(self) -> tuple[str, str]:
        """Return the two records."""
        return self.left, self.right

    @property
    def is_applied(self) -> bool:
        """Say whether linking keeps to it."""
        if self.status == TO_REVIEW and self.kind == MUST_LINK:
            return self.holds or not IDENTIFYING.intersection(self.changed)
        return self.status in (ACTIVE, TO_REVIEW)

    def __str__(self) -> str:
        """Return it in words, as messages name it."""
        word = self.kind.replace("_", "-")
        return f"{self.decision_id} ({word} {self.left} / {self.right})"


@dataclass(frozen=True)
class Contradiction:
    """A cannot-link and the must-links that would join what it parts."""

    cannot: Decision
    must: tuple[Decision, ...]

    def __str__(self) -> str:
        """Return the decisions involved."""
        return ", ".join(map(str, (*self.must, self.cannot)))


@dataclass(frozen=True)
class Standing:
    """Every decision with its status in a run, and which contradict one another."""

    decisions: tuple[Decision, ...] = ()
    contradictions: tuple[Contradiction, ...] = ()

    def pairs(self, kind: str) -> list[tuple[str, str]]:
        """Return the pairs of records that ``link`` is to keep to."""
        return [d.records for d in self.decisions if d.kind == kind and d.is_applied]

    def without_thin(self, thin: Set[str]) -> "Standing":
        """Return the same, decisions on records too thin to be linked as dormant."""
        return replace(
            self,
            decisions=tuple(
                replace(d, status=DORMANT)
                if d.is_applied and not thin.isdisjoint(d.records)
                else d
                for d in self.decisions
            ),
        )


def stand(decisions: Iterable[Decision], contents: Mapping[str, Contents]) -> Standing:
    """Return how every decision stands against the records of today.

    Args:
        decisions: as they were taken.
        contents: the content of each record that a decision names; a record that is
            not there is gone.
    """
    standing = [against(decision, contents) for decision in decisions]
    found = contradictions([d for d in standing if d.is_applied])
    clashing = {d.decision_id for c in found for d in (*c.must, c.cannot)}
    return Standing(
        tuple(
            replace(d, status=CONTRADICTORY) if d.decision_id in clashing else d
            for d in standing
        ),
        tuple(found),
    )


def against(decision: Decision, contents: Mapping[str, Contents]) -> Decision:
    """Return how a decision by itself stands against the records of today."""
    if decision.withdrawn_at is not None:
        return replace(decision, status=WITHDRAWN)
    if not all(record in contents for record in decision.records):
        return replace(decision, status=DORMANT)
    changed = {
        column
        for record, then in (
            (decision.left, decision.left_content),
            (decision.right, decision.right_content),
        )
        for column, value in then.items()
        if contents[record].get(column) != value
    }
    if not changed:
        return replace(decision, status=ACTIVE, changed=())
    return replace(decision, status=TO_REVIEW, changed=tuple(sorted(changed)))


def contradictions(decisions: Sequence[Decision]) -> list[Contradiction]:
    """Return each cannot-link whose records must-links join, with those must-links.

    The must-links named are the ones between the two records: of all that hang
    together with them, dead ends are left out again and again, for a must-link that
    leads nowhere contradicts nothing. (A ring of must-links beside the way stays in; it
    is laid aside with the others rather than believed.)
    """
    must = [d for d in decisions if d.kind == MUST_LINK]
    found = []
    for cannot in (d for d in decisions if d.kind == CANNOT_LINK):
        way = _between(cannot.left, cannot.right, must)
        if way:
            found.append(Contradiction(cannot, tuple(way)))
    return found


def _between(left: str, right: str, must: Sequence[Decision]) -> list[Decision]:
    """Return the must-links that lead from one record to the other; none if none do."""
    neighbours: dict[str, set[str]] = {}
    for decision in must:
        neighbours.setdefault(decision.left, set()).add(decision.right)
        neighbours.setdefault(decision.right, set()).add(decision.left)
    reached, open_ = {left}, [left]
    while open_:
        fresh = neighbours.get(open_.pop(), set()) - reached
        reached |= fresh
        open_ += fresh
    if right not in reached:
        return []
    ends = [r for r in reached - {left, right} if len(neighbours[r]) == 1]
    while ends:
        end = ends.pop()
        (before,) = neighbours.pop(end)
        neighbours[before].discard(end)
        if before not in (left, right) and len(neighbours[before]) == 1:
            ends.append(before)
    kept = reached & neighbours.keys()
    return [d for d in must if d.left in kept and d.right in kept]
