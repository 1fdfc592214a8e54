"""An offer, and how it is written down.

Belongs here: the log of offers, the names of its codes, results that are never
recorded, a person's chance of accepting a bed. Does not belong here: which contact
leads to which offer (``offering``).
"""

import numpy as np

from dagster_project.synthetic.city import Flags, Floats, Ints
from dagster_project.synthetic.codes import (
    OFFER_STATUSES,
    PROJECTS,
    RESOURCES,
    WINDOW_END,
    WINDOW_START,
)
from dagster_project.synthetic.draws import position
from dagster_project.synthetic.log import Log
from dagster_project.synthetic.moves import Surroundings
from dagster_project.synthetic.parameters import Offers as OfferParameters
from dagster_project.synthetic.state import Lives

RESOURCE = {name: code for code, name in enumerate(RESOURCES)}
STATUS = {name: code for code, name in enumerate(OFFER_STATUSES)}
SHELTERS = {
    "congregate": "Shelter - Congregate",
    "navigation_center": "Shelter - Navigation Center",
    "non_congregate": "Shelter - Non-Congregate",
    "family": "Shelter - Family",
    "safe_sleep": "Safe Sleep",
    "victim_services": "Shelter - Congregate",
}
"""What a shelter of each kind is called when it is offered."""
RESOURCE_OF_PROJECT = np.array(
    [RESOURCE[SHELTERS.get(kind, "Shelter - Congregate")] for kind, _, _ in PROJECTS]
)
ACCEPTED = tuple(STATUS[name] for name in ("accepted", "fulfilled", "not_fulfilled"))
"""Statuses in which the person said yes."""
PENDING_DAYS = 30
"""Offers of the last weeks may still be open when the data end."""
YEARS = (366, 731)
"""Days on which 2025 and 2026 begin."""


def new_log() -> Log:
    """Return an empty log of offers."""
    return Log(
        contact=np.int64,
        person=np.int32,
        day=np.int16,
        resource=np.int8,
        status=np.int8,
        decline_reason=np.int8,
        fulfilled_day=np.int16,
    )


def year_of(day: int) -> int:
    """Return which calendar year a day is in, 0 for 2024."""
    return int(np.searchsorted(YEARS, day, "right"))


class Desk:
    """Writes today's offers, and who said yes."""

    def __init__(
        self, log: Log, lives: Lives, around: Surroundings, companion: Flags
    ) -> None:
        self.log = log
        self.lives = lives
        self.around = around
        self.given: OfferParameters = around.parameters.offers
        self.companion = companion

    def write(
        self,
        contact: Ints,
        rows: Ints,
        day: int,
        resource: Ints,
        status: Ints,
        fulfilled_day: Ints | None = None,
    ) -> None:
        """Write offers of any status; some results are never recorded."""
        if not len(rows):
            return
        draws, person = self.around.draws, self.lives.person[rows]
        resource = np.broadcast_to(resource, len(rows))
        asked = np.broadcast_to(status, len(rows)) >= STATUS["declined"]
        key = day * len(RESOURCES) + resource
        lost = draws.uniform("result_lost", person, key) < self.given.unknown
        open_ = day >= WINDOW_END - PENDING_DAYS
        number = draws.uniform("result_pending", person, key)
        chance = self.given.pending * (10 if open_ else 0.3)
        status = np.where(asked & lost, STATUS["unknown"], status)
        status = np.where(asked & ~lost & (number < chance), STATUS["pending"], status)
        number = draws.uniform("decline_reason", person, key)
        reason = 1 + position(number, self.given.decline_reasons)
        self.log.add(
            len(rows),
            contact=contact,
            person=person,
            day=day,
            resource=resource,
            status=status,
            decline_reason=np.where(status == STATUS["declined"], reason, 0),
            fulfilled_day=np.where(
                status == STATUS["fulfilled"],
                day if fulfilled_day is None else fulfilled_day,
                -1,
            ),
        )
        yes = rows[np.isin(status, ACCEPTED)]
        self.lives.last_accepted[yes] = day

    def accepts(self, rows: Ints, day: int, room: Flags) -> Floats:
        """Return each person's chance of accepting a bed today."""
        given, lives = self.given, self.lives
        logit = (
            given.accepts[year_of(day)]
            + given.drift_per_month * (day - WINDOW_START) / 30.4
            + given.by_engagement * lives.engagement[rows]
            + given.by_severity * lives.severity[rows]
            + given.room * room
            + given.companion * self.companion[rows]
        )
        return 1 / (1 + np.exp(-logit))
