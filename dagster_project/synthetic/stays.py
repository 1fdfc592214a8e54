"""Stays in shelters, homes and programmes.

Belongs here: opening and closing stays, the destination at exit, the spells of states.
Does not belong here: why somebody moves (``moves``).
"""

import numpy as np

from dagster_project.synthetic.city import Ints, States, Stays
from dagster_project.synthetic.codes import PROJECTS, STAY_KINDS, WINDOW_END
from dagster_project.synthetic.draws import Draws
from dagster_project.synthetic.log import Log
from dagster_project.synthetic.state import DEAD, HOUSED, INSTITUTION

STAY = {name: code for code, name in enumerate(STAY_KINDS)}
SUPPORTIVE, RAPID = (
    at for at, project in enumerate(PROJECTS) if project[0] == "permanent_housing"
)
TREATMENT = next(at for at, project in enumerate(PROJECTS) if project[0] == "treatment")
NO_EXIT_INTERVIEW, DECEASED = 30, 24
HOMES = (435, 410, 422, 423)
"""Rental with and without subsidy, family, friends: permanent HMIS destinations."""
HOME_SHARES = (0.62, 0.2, 0.12, 0.06)
FROM_SHELTER = (116, 101, 312, 313, 314, 302)
"""Street, other shelter, family and friends for a while, hotel, transitional."""
FROM_SHELTER_SHARES = (0.46, 0.2, 0.1, 0.1, 0.04, 0.1)
INSTITUTIONS = (206, 207, 205, 204)
"""Hospital, jail, treatment facility, psychiatric hospital."""
INSTITUTION_SHARES = (0.5, 0.25, 0.15, 0.1)
RAPID_SHARE = 0.4
"""Of moves into a home, those through rapid rehousing [A]."""


class StayBook:
    """Opens and closes stays; a person has at most one open stay."""

    def __init__(self, count: int, draws: Draws, unknown: float) -> None:
        self.draws, self.unknown = draws, unknown
        self.open = np.full(count, -1, dtype=np.int64)
        self.entries = Log(
            person=np.int32, kind=np.int8, project=np.int16, day=np.int16
        )
        self.exits = Log(stay=np.int64, day=np.int16, destination=np.int16)

    def enter(self, rows: Ints, day: int, kind: str, project: Ints) -> None:
        """Open a stay for each of ``rows``."""
        self.open[rows] = self.entries.add(
            len(rows), person=rows, kind=STAY[kind], project=project, day=day
        )

    def enter_home(self, rows: Ints, day: int) -> None:
        """Open a stay in supportive or rapid rehousing."""
        number = self.draws.uniform("home", rows, day)
        project = np.where(number < RAPID_SHARE, RAPID, SUPPORTIVE)
        self.enter(rows, day, "permanent_housing", project)

    def leave(self, rows: Ints, day: int, state: Ints) -> None:
        """Close the open stays of those of ``rows`` who have one."""
        has = self.open[rows] >= 0
        rows, state = rows[has], state[has]
        draws = self.draws
        known = draws.uniform("destination_known", rows, day) >= self.unknown

        def pick(process: str, codes: tuple[int, ...], shares: tuple) -> Ints:
            return np.take(codes, draws.pick(process, rows, shares, day))

        destination = np.select(
            [state == DEAD, ~known, state == HOUSED, state == INSTITUTION],
            [
                DECEASED,
                NO_EXIT_INTERVIEW,
                pick("to_home", HOMES, HOME_SHARES),
                pick("to_institution", INSTITUTIONS, INSTITUTION_SHARES),
            ],
            pick("to_elsewhere", FROM_SHELTER, FROM_SHELTER_SHARES),
        )
        # Whoever moves on within the programme's own network is known to have moved.
        destination = np.where(
            (state == HOUSED) & ~known & (draws.uniform("seen_home", rows, day) < 0.7),
            HOMES[0],
            destination,
        )
        self.exits.add(
            len(rows), stay=self.open[rows], day=day, destination=destination
        )
        self.open[rows] = -1

    def stays(self) -> Stays:
        """Return all stays in the order of their entry."""
        count = self.entries.rows
        exit_day = np.full(count, -1, dtype=np.int16)
        destination = np.zeros(count, dtype=np.int16)
        closed = self.exits.column("stay")
        exit_day[closed] = self.exits.column("day")
        destination[closed] = self.exits.column("destination")
        return Stays(
            stay=np.arange(count),
            person=self.entries.column("person"),
            kind=self.entries.column("kind"),
            project=self.entries.column("project"),
            entry_day=self.entries.column("day"),
            exit_day=exit_day,
            destination=destination,
        )


def spells(changes: Log) -> States:
    """Return unbroken spells from changes of state (person, day, state)."""
    person, day = changes.column("person"), changes.column("day")
    order = np.lexsort((day, person))
    person, day, state = person[order], day[order], changes.column("state")[order]
    to_day = np.append(day[1:], WINDOW_END).astype(np.int16)
    last = np.append(person[1:] != person[:-1], True)
    to_day[last] = WINDOW_END
    return States(person=person, state=state, from_day=day, to_day=to_day)
