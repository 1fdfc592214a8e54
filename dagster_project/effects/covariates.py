"""What is known of a person at time zero and may bear on follow-up and outcome.

Belongs here: covariates from the linked record up to time zero, their names in words,
and which of them an outcome can carry. Does not belong here: anything that happens
after time zero.

The crisis history counts every department's contacts: alone, a department sees a part
of it, and its own figures stay confounded by what it does not see.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dagster_project.effects.history import NEVER, Flags, Linked, Timeline
from dagster_project.effects.indexes import Indexes

Floats = NDArray[np.floating]

HISTORY_DAYS = 180
"""How far back crises and shelter entries are counted. Time zero is as far from the
record's first day, or the count would depend on when the record begins."""
RECENT_DAYS = 90
WILLING = f"an offer accepted in {RECENT_DAYS} days"
TREATED = "MOUD on record"
OUTCOMES_EACH = 5
"""Outcomes for each covariate; five do where the aim is to take confounding away
(Vittinghoff and McCulloch 2007), and leaving a confounder out costs more."""
FEWEST = 5
"""Outcomes on either side of a yes-or-no covariate: with none there is no estimate."""


@dataclass(frozen=True)
class Covariates:
    """Columns in the order they are taken in; flags of one thing share a name."""

    x: Floats  # (rows, p)
    names: tuple[str, ...]

    def carried_by(self, outcome: Flags) -> "Covariates":
        """Return the covariates that so many outcomes can carry, centred.

        Args:
            outcome: (rows,) whether the row had the outcome.
        """
        kept: list[int] = []
        for name in dict.fromkeys(self.names):
            fit = [
                column
                for column, own in enumerate(self.names)
                if own == name and _varies(self.x[:, column], outcome)
            ]
            if (len(kept) + len(fit)) * OUTCOMES_EACH > outcome.sum():
                break
            kept += fit
        x = self.x[:, kept]
        return Covariates(x - x.mean(axis=0), tuple(self.names[k] for k in kept))

    def led_by(self, *first: str) -> "Covariates":
        """Return the same covariates with some of them taken in before all others."""
        order = sorted(
            range(len(self.names)), key=lambda column: self.names[column] not in first
        )
        return Covariates(self.x[:, order], tuple(self.names[at] for at in order))

    @property
    def words(self) -> str:
        """Return the covariates as one text."""
        return "; ".join(dict.fromkeys(self.names)) or "none: too few outcomes"


def at_time_zero(linked: Linked, at: Indexes) -> Covariates:
    """Return the covariates of each index.

    Time zero's own day is left out of every count: what was written down that day may
    have come after it.
    """
    pairs = list(_columns(linked, at))
    x = [np.asarray(values, dtype=float) for _, values in pairs]
    return Covariates(
        np.stack(x, axis=1).reshape(len(at.person), len(pairs)),
        tuple(name for name, _ in pairs),
    )


def _columns(linked: Linked, at: Indexes) -> Iterator[tuple[str, NDArray]]:
    contacts, offers = linked.contacts, linked.offers
    kind = contacts["contact_kind"].astype(str)
    person, day = at.person, at.day

    def counted(timeline: Timeline, days: int) -> Floats:
        return np.log1p(timeline.count(person, day - days, day - 1))

    def ever(timeline: Timeline) -> Flags:
        return timeline.count(person, 0, day - 1) > 0

    crises = linked.contact_days(kind == "crisis")
    yield (
        f"crises over all departments in {HISTORY_DAYS} days",
        counted(crises, HISTORY_DAYS),
    )
    yield (
        "an overdose or MOUD on record",
        ever(linked.outcome_days("overdose", "moud_start")),
    )
    overdoses = linked.outcome_days("overdose")
    yield f"overdoses in {HISTORY_DAYS} days", counted(overdoses, HISTORY_DAYS)
    acute = np.isin(kind, ("crisis", "psychiatric_emergency"))
    yield (
        "a crisis met in a hospital on record",
        ever(linked.contact_days(acute & contacts["is_hospital"])),
    )
    taken = offers["is_accepted"]
    accepted = Timeline(offers["person"][taken], offers["day"][taken])
    yield WILLING, counted(accepted, RECENT_DAYS) > 0
    yield TREATED, ever(linked.outcome_days("moud_start"))
    entries = linked.outcome_days("shelter_entry")
    yield f"shelter entries in {HISTORY_DAYS} days", counted(entries, HISTORY_DAYS)
    for name in sorted(set(contacts["department"])):
        theirs = linked.contact_days(contacts["department"] == name)
        yield (
            f"contacts of each department in {RECENT_DAYS} days",
            counted(theirs, RECENT_DAYS),
        )
    months = day.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    for level in _levels(months // 3):
        yield "calendar quarter", level
    for level in _levels(at.neighborhood.astype(str)):
        yield "neighbourhood", level


def first_day(linked: Linked) -> int:
    """Return the first day that has the whole history behind it."""
    days = linked.contacts["day"]
    return int(days.min()) + HISTORY_DAYS if len(days) else NEVER


def _levels(values: NDArray) -> list[Flags]:
    """Return one flag for each value but the commonest."""
    found, counts = np.unique(values, return_counts=True)
    reference = found[np.argmax(counts)] if len(found) else None
    return [values == value for value in found if value != reference]


def _varies(values: Floats, outcome: Flags) -> bool:
    """Tell whether enough outcomes lie on either side of the middle."""
    middle = np.median(values) if len(values) else 0.0
    side = values > middle
    if not side.any():
        side = values < middle
    return min(np.sum(outcome & side), np.sum(outcome & ~side)) >= FEWEST
