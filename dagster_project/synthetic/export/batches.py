"""When each department delivers, and which rows a delivery holds.

Belongs here: the calendar of deliveries and the bookkeeping of changes to rows.
Does not belong here: what a row says, what a file looks like.

Cadences: HSH and the team log monthly, everybody else weekly. Every feed begins with
a full load on 2025-01-01 (a Wednesday, as is 2026-07-01, the last day). HMIS sends a
full refresh at the start of each quarter and what changed in the other months.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import numpy as np
from numpy.typing import NDArray

from dagster_project.synthetic.export.clock import NEVER, Seconds

FIRST = datetime(2025, 1, 1, 12, tzinfo=UTC)
LAST = datetime(2026, 7, 1, 12, tzinfo=UTC)
"""Extracts are taken at noon UTC, four or five in the morning in San Francisco."""
FY2026_FROM = datetime(2025, 10, 1, tzinfo=UTC)
"""HUD's FY2026 standards take effect; exports change columns."""
TEAM_LOG_V2_FROM = datetime(2025, 3, 25, tzinfo=UTC)
"""Nine street teams become neighbourhood teams; the form changes with them."""
END = int(LAST.timestamp())
ROWS_AT_ONCE = 20_000
"""Rows rendered at a time: about fifty megabytes of text in columns."""
DEPARTMENTS = {
    "hsh_hmis": "hsh",
    "fire_epcr": "fire",
    "fire_calls": "fire",
    "dph_fhir": "dph",
    "dem_cad": "dem",
    "dem_team_log": "dem",
    "datasf_311": "datasf",
}
"""Feeds in the order they are written, with the landing folder of each."""
MONTHLY = ("hsh_hmis", "dem_team_log")
NAMES = {
    "hsh_hmis": "hmis_{}.zip",
    "fire_epcr": "epcr_{}.xml",
    "fire_calls": "calls_{}.csv",
    "dph_fhir": "fhir_{}",
    "dem_cad": "cad_{}.json",
    "dem_team_log": "team_log_{}.csv",
    "datasf_311": "cases_{}.csv",
}


@dataclass(frozen=True)
class Delivery:
    """One file or folder a department hands over."""

    feed: str
    number: int  # 0 is the first full load
    extracted_at: datetime
    since: int  # epoch seconds of the delivery before; -1 for a full one
    until: int

    @property
    def is_full(self) -> bool:
        """Tell whether it holds everything, not only what changed."""
        return self.since < 0

    @property
    def department(self) -> str:
        """Return the landing folder."""
        return DEPARTMENTS[self.feed]

    @property
    def name(self) -> str:
        """Return the name of the file or folder."""
        return name_at(self.feed, self.extracted_at)


def name_at(feed: str, moment: datetime) -> str:
    """Return the name a feed's delivery of that moment bears."""
    return NAMES[feed].format(moment.strftime("%Y%m%dT%H%M%S"))


def calendar(feed: str) -> list[Delivery]:
    """List a feed's deliveries in order."""
    if feed in MONTHLY:
        months = [(2025 + n // 12, n % 12 + 1) for n in range(19)]
        moments = [datetime(y, m, 1, 12, tzinfo=UTC) for y, m in months]
    else:
        weeks = (LAST - FIRST).days // 7
        moments = [FIRST + timedelta(weeks=n) for n in range(weeks + 1)]
    deliveries, before = [], -1
    for number, moment in enumerate(moments):
        full = number == 0 or (feed == "hsh_hmis" and moment.month in (1, 4, 7, 10))
        until = int(moment.timestamp())
        since = -1 if full else before
        deliveries.append(Delivery(feed, number, moment, since, until))
        before = until
    return deliveries


def within(seconds: Seconds) -> Seconds:
    """Bring the moment a row is first written back before the last delivery.

    What happened by then is delivered by then, so that the files together hold all.
    """
    return np.minimum(seconds, END - 60)


def or_never(seconds: Seconds, happens: NDArray[np.bool_]) -> Seconds:
    """Keep moments of changes that happen and are delivered."""
    return np.where(happens & (seconds < END), seconds, NEVER).astype(np.int64)


def portions(rows: NDArray[np.intp]) -> Iterator[NDArray[np.intp]]:
    """Cut rows into portions, so that columns of text stay small."""
    for start in range(0, len(rows), ROWS_AT_ONCE):
        yield rows[start : start + ROWS_AT_ONCE]


class Changes:
    """The moments at which each row of a table is written, amended and deleted.

    ``moments`` has one column per possible change, the first being the creation;
    ``NEVER`` stands where a change does not take place.
    """

    def __init__(
        self,
        created: Seconds,
        *later: Seconds,
        deleted: Seconds | None = None,
        hidden: tuple[Seconds, Seconds] | None = None,
    ):
        """Take the creation, any later changes, and the deletion.

        ``hidden`` holds moments from and to which a row counts as deleted: a profile
        merged into another and taken apart again.
        """
        never = np.full(len(created), NEVER)
        deleted = never if deleted is None else deleted
        self.created = created
        self.deleted = np.where(deleted > created, deleted, NEVER)
        self.hidden = (never, never) if hidden is None else hidden
        later = (*later, *(hidden or ()))
        columns = [created, *(np.where(at > created, at, NEVER) for at in later)]
        self.moments = np.column_stack([*columns, self.deleted]).astype(np.int64)

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.created)

    def between(self, since: int, until: int) -> NDArray[np.intp]:
        """Return the rows written or changed after ``since``, up to ``until``."""
        hit = ((self.moments > since) & (self.moments <= until)).any(axis=1)
        hit &= (self.created <= until) & (self.deleted > since)
        return np.flatnonzero(hit)

    def last(self, rows: NDArray[np.intp], until: int) -> Seconds:
        """Return each row's latest change up to ``until``."""
        moments = self.moments[rows]
        return np.where(moments <= until, moments, -1).max(axis=1)

    def deleted_at(self, rows: NDArray[np.intp], until: int) -> Seconds:
        """Return when each row deleted by a moment was; ``NEVER`` for others."""
        start, end = self.hidden[0][rows], self.hidden[1][rows]
        away = (start <= until) & (until < end)
        gone = np.where(away, start, self.deleted[rows])
        return np.where(gone <= until, gone, NEVER)
