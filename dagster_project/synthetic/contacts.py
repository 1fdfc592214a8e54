"""A contact of a team or site with a person, and how it is written.

Belongs here: the log of contacts and the names of its codes. Does not belong here:
who is met when (``responses``, ``routine``), what is offered (``offers``), the second
of the day (``clock``).
"""

import numpy as np

from dagster_project.synthetic.city import Flags, Ints
from dagster_project.synthetic.codes import AREAS, KINDS, TEAMS
from dagster_project.synthetic.log import Log
from dagster_project.synthetic.moves import Surroundings
from dagster_project.synthetic.state import Lives

TEAM = {name: code for code, name in enumerate(TEAMS)}
KIND = {name: code for code, name in enumerate(KINDS)}
REGROUPED = 449
"""Day of 2025-03-25: nine street teams became neighbourhood teams, HSOC became INST."""
ELSEWHERE = 0.15
"""Share of contacts away from the area where the person usually sleeps [A]."""


def new_log() -> Log:
    """Return an empty log of contacts."""
    return Log(
        person=np.int32,
        day=np.int16,
        team=np.int8,
        kind=np.int8,
        area=np.int8,
        event=np.int32,
        unconscious=bool,
        transported=bool,
        hand_off=bool,
    )


class Meetings:
    """Writes today's contacts; ``at`` finds a row's latest contact of today."""

    def __init__(self, log: Log, count: int) -> None:
        self.log = log
        self.events = 0
        self.at = np.full(count, -1, dtype=np.int64)
        self.at_overdose = self.at.copy()
        self.today: list[tuple[Ints, Ints, Ints, Ints]] = []

    def new_day(self) -> None:
        """Forget yesterday's contacts."""
        for _, rows, _, _ in self.today:
            self.at[rows] = -1
        self.today = []

    def new_events(self, count: int) -> Ints:
        """Return numbers for incidents of today."""
        self.events += count
        return np.arange(self.events - count, self.events)

    def meet(
        self,
        lives: Lives,
        rows: Ints,
        day: int,
        team: str | Ints,
        kind: str,
        around: Surroundings,
        **more: Flags | Ints,
    ) -> Ints:
        """Write contacts of ``rows`` and return their numbers."""
        if not len(rows):
            return rows
        teams = np.broadcast_to(
            TEAM[team] if isinstance(team, str) else team, len(rows)
        )
        teams = np.where(
            (teams == TEAM["HSOC"]) & (day >= REGROUPED), TEAM["INST"], teams
        )
        away = around.draws.uniform(f"elsewhere_{kind}", lives.person[rows], day)
        other = around.draws.below("where", lives.person[rows], len(AREAS), day)
        values = {
            "event": -1,
            "unconscious": False,
            "transported": False,
            "hand_off": False,
        } | more
        numbers = self.log.add(
            len(rows),
            person=lives.person[rows],
            day=day,
            team=teams,
            kind=KIND[kind],
            area=np.where(away < ELSEWHERE, other, lives.area[rows]),
            **values,
        )
        self.at[rows] = numbers
        if kind == "overdose":
            self.at_overdose[rows] = numbers
        self.today.append((numbers, rows, teams, np.full(len(rows), KIND[kind])))
        return numbers
