"""EMS-6: case management for people who use the Fire Department most.

Belongs here: counting uses, the rule, enrolment and visits. Does not belong here: an
effect on crises (``moves``; none by default, so before-after comparisons mislead).
"""

import numpy as np

from dagster_project.synthetic.city import Ints
from dagster_project.synthetic.contacts import Meetings
from dagster_project.synthetic.follow_up import unmet_window
from dagster_project.synthetic.moves import Surroundings
from dagster_project.synthetic.state import SHELTER, STREET, Lives

MONTH, YEAR = 30, 365


class FireUses:
    """How often each person used the Fire Department in 30 and in 365 days."""

    def __init__(self, count: int) -> None:
        self.ring = np.zeros((YEAR, count), dtype=np.uint8)
        self.month = np.zeros(count, dtype=np.int16)
        self.year = np.zeros(count, dtype=np.int16)

    def add(self, day: int, rows: Ints) -> None:
        """Count today's uses and forget those that are too long ago."""
        today = np.zeros(len(self.year), dtype=np.uint8)
        np.add.at(today, rows, 1)
        self.year += today
        self.year -= self.ring[day % YEAR]
        self.month += today
        if day >= MONTH:
            self.month -= self.ring[(day - MONTH) % YEAR]
        self.ring[day % YEAR] = today


def manage_cases(
    uses: FireUses, meetings: Meetings, lives: Lives, day: int, around: Surroundings
) -> None:
    """Enrol people who meet the rule, and visit those enrolled."""
    given, draws = around.parameters.case_management, around.draws
    there = (lives.state == STREET) | (lives.state == SHELTER)
    there &= ~unmet_window(lives, day, around.parameters.follow_up)
    meets_rule = (uses.month >= given.uses_in_30_days) | (
        uses.year >= given.uses_in_year
    )
    new = np.flatnonzero(meets_rule & there & (lives.managed_until <= day))
    new = new[draws.uniform("enrolled", lives.person[new], day) < given.enrolled]
    lives.managed_until[new] = day + given.days
    managed = np.flatnonzero(there & (lives.managed_until > day))
    chance = given.contacts_per_week / 7
    number = draws.uniform("case_visit", lives.person[managed], day)
    rows = managed[(number < chance) | np.isin(managed, new)]
    meetings.meet(lives, rows, day, "EMS6", "case_management", around)
