"""Rows of one HMIS file over time.

Belongs here: which lines an export holds, each version of a row written once.
Does not belong here: what stands in the row.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from dagster_project.synthetic.draws import Draws
from dagster_project.synthetic.export.batches import (
    END,
    Changes,
    Delivery,
    portions,
    within,
)
from dagster_project.synthetic.export.clock import (
    DAY,
    HOUR,
    NEVER,
    Seconds,
    blank_where,
    local_datetimes,
)
from dagster_project.synthetic.export.text import csv_lines

Render = Callable[[NDArray[np.intp], int], dict[str, list]]
"""From rows and a moment to columns (without dates of entry and export id)."""

AMENDED = 0.06
"""Share of HMIS rows with a later DateUpdated (made_up_city §7)."""
DELETED = 0.01
"""Share of rows entered twice, the second one deleted later (made_up_city §7)."""
PURGED = 0.1
"""Share of those that vanish without a DateDeleted: a full refresh shows it."""


@dataclass
class HmisTable:
    """One file's rows with their changes; ``lines`` holds the current versions."""

    name: str
    header: Callable[[int], list[str]]
    changes: Changes
    render: Render
    purged: NDArray[np.bool_]
    is_whole: bool = False  # every export holds all rows, as of projects
    lines: NDArray[np.object_] = field(init=False)
    year: int = 0

    def __post_init__(self) -> None:
        """Begin with nothing written."""
        self.lines = np.full(len(self.changes), "", dtype=object)

    def of(self, delivery: Delivery, before: int, year: int) -> list[str]:
        """Return the lines of a delivery, without their export id.

        A full refresh leaves out what was deleted before the last delivery; a delta
        holds what changed since, deleted rows with their DateDeleted. Purged rows
        never come with a date.
        """
        changes, until = self.changes, delivery.until
        since = before if self.year == year else -1
        for some in portions(changes.between(since, until)):
            self._write(some, until, year)
        self.year = year
        if not (delivery.is_full or self.is_whole):
            rows = changes.between(delivery.since, until)
        else:
            every = np.arange(len(changes))
            live = (changes.created <= until) & (
                changes.deleted_at(every, before) == NEVER
            )
            rows = np.flatnonzero(live)
        gone = self.purged[rows] & (changes.deleted[rows] <= until)
        return self.lines[rows[~gone]].tolist()

    def _write(self, rows: NDArray[np.intp], until: int, year: int) -> None:
        """Bring the lines of changed rows up to date."""
        values = self.render(rows, until)
        values["DateCreated"] = local_datetimes(self.changes.created[rows])
        values["DateUpdated"] = local_datetimes(self.changes.last(rows, until))
        deleted = self.changes.deleted_at(rows, until)
        texts = local_datetimes(np.minimum(deleted, until))
        values["DateDeleted"] = blank_where(texts, deleted > until)
        header = self.header(year)[:-1]
        self.lines[rows] = np.array(csv_lines(header, values), dtype=object)


def lagged(draws: Draws, process: str, key: NDArray, second: Seconds) -> Seconds:
    """Return when something that happened is typed in.

    55 % the same day, 30 % within three days, 15 % within 21 (made_up_city §7).
    """
    share = draws.uniform(process, key)
    depth = draws.uniform(process + " depth", key)
    limit = np.select([share < 0.55, share < 0.85], [10 * HOUR, 3 * DAY], 21 * DAY)
    return within(second + HOUR // 4 + (depth * limit).astype(np.int64))


def amended(
    draws: Draws, process: str, key: NDArray, created: Seconds, share: float = AMENDED
) -> Seconds:
    """Return when a row is mended, 1 to 60 days after it was written; most never."""
    at = created + DAY + draws.below(process + " amended", key, 60 * DAY)
    happens = draws.uniform(process + " is amended", key) < share
    return np.where(happens & (at < END), at, NEVER)


def entered_twice(
    draws: Draws, process: str, key: NDArray, created: Seconds, share: float = DELETED
) -> tuple[NDArray[np.intp], Seconds]:
    """Return rows somebody typed in twice, and when the second one is deleted."""
    at = created + DAY + draws.below(process + " deleted", key, 40 * DAY)
    twice = (draws.uniform(process + " twice", key) < share) & (at < END)
    rows = np.flatnonzero(twice)
    return rows, at[rows]


def purged(draws: Draws, process: str, key: NDArray, deleted: Seconds) -> NDArray:
    """Return which deleted rows vanish without a trace."""
    gone = draws.uniform(process + " purged", key) < PURGED
    return gone & (deleted < NEVER)
