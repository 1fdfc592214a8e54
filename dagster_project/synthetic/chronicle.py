"""What truly happened, kept day by day for the truth tables.

Belongs here: changes of state, outcomes, index events with the state of their evening,
the days beds ran out. Does not belong here: what departments noticed (``contacts``).
"""

from dataclasses import dataclass

import numpy as np

from dagster_project.synthetic.city import Floats, Ints
from dagster_project.synthetic.codes import OUTCOMES, WINDOW_END, WINDOW_START
from dagster_project.synthetic.follow_up import Assigned
from dagster_project.synthetic.log import Log
from dagster_project.synthetic.moud import AfterOverdose
from dagster_project.synthetic.moves import Today
from dagster_project.synthetic.state import Lives

OUTCOME = {name: code for code, name in enumerate(OUTCOMES)}
LAST_INDEX_DAY = WINDOW_END - 37
"""An index needs 37 days of the window after it: a week, and a month to see."""


@dataclass(frozen=True)
class Index:
    """One day's index events and the state of those lives that evening."""

    day: int
    assigned: Assigned
    evening: Lives


class Chronicle:
    """Collects the truth while the days go by."""

    def __init__(self, count: int) -> None:
        self.states = Log(person=np.int32, day=np.int16, state=np.int8)
        self.outcomes = Log(person=np.int32, day=np.int16, kind=np.int8)
        self.overdoses = Log(
            person=np.int32,
            day=np.int16,
            hand_off=bool,
            starts=bool,
            starts_with=bool,
            starts_without=bool,
        )
        self.indexes: list[Index] = []
        self.exposed: Log = Log(person=np.int32, day=np.int16, same=bool)
        self.queue_cut: Floats = np.ones(WINDOW_END)
        self._yesterday = np.full(count, -1, dtype=np.int8)

    def end_day(
        self,
        day: int,
        lives: Lives,
        today: Today,
        handed: AfterOverdose,
        entered: Ints,
        cut: float,
    ) -> None:
        """Note the day."""
        self.queue_cut[day] = cut
        changed = np.flatnonzero(lives.state != self._yesterday)
        self.states.add(
            len(changed), person=changed, day=day, state=lives.state[changed]
        )
        self._yesterday = lives.state.copy()
        happened = {
            "permanent_housing_exit": today.housed_from_shelter
            | today.housed_from_street,
            "moud_start": today.started_moud,
            "overdose": today.overdose,
            "crisis": today.crisis,
            "return_to_homelessness": today.returned,
            "death": today.died,
        }
        rows = {kind: np.flatnonzero(flags) for kind, flags in happened.items()}
        for kind, who in {"shelter_entry": entered, **rows}.items():
            self.outcomes.add(len(who), person=who, day=day, kind=OUTCOME[kind])
        self.overdoses.add(
            len(handed.row),
            person=handed.row,
            day=day,
            hand_off=handed.hand_off,
            starts=handed.start_day >= 0,
            starts_with=handed.starts_with,
            starts_without=handed.starts_without,
        )
        for flags, same in ((today.followed_up, False), (today.followed_up_same, True)):
            who = np.flatnonzero(flags)
            self.exposed.add(len(who), person=who, day=day, same=same)
        if WINDOW_START <= day < LAST_INDEX_DAY and len(today.assigned.row):
            evening = lives.take(today.assigned.row)
            self.indexes.append(Index(day, today.assigned, evening))
