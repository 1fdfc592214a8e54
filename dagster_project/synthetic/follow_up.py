"""Who is followed up after a crisis, and what that starts.

Belongs here: index events, the assignment of follow-up, the day it comes.
Does not belong here: which team comes (``contacts``), what it changes (``moves``).

Follow-up hangs on the crisis history over all departments, two diagnoses and the
staffing of an area in a week. Given these it hangs on nothing else, so whoever links
well can adjust for it, and one department alone cannot. The history counts crises,
whoever met them, in the 180 days before the index; overdoses are not among them.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from dagster_project.synthetic.city import Flags, Floats, Ints
from dagster_project.synthetic.codes import AREAS
from dagster_project.synthetic.draws import Draws
from dagster_project.synthetic.parameters import FollowUp
from dagster_project.synthetic.state import LONG_AGO, STREET, Lives

HISTORY_CENTRE = 0.9
"""About the mean of H at an index, so that the intercept is that of a usual case."""


@dataclass(frozen=True)
class Assigned:
    """Today's index events, one row each."""

    row: Ints
    history: Floats
    staff: Floats
    other_day: Ints  # day another department would come
    other: Flags  # whether it was told to
    same_day: Ints
    same: Flags


def staffing(given: FollowUp, draws: Draws, days: int) -> Floats:
    """Return how well follow-up was staffed, by area and week, mean 0."""
    weeks = np.arange(days // 7 + 2)
    rows = [
        draws.normal("staff", np.full(len(weeks), area), weeks)
        for area in range(len(AREAS))
    ]
    return given.staff_sd * np.stack(rows)


def assign(
    lives: Lives,
    day: ArrayLike,
    crisis: Flags,
    given: FollowUp,
    draws: Draws,
    staff: Floats,
) -> Assigned:
    """Find today's index crises and draw who shall be followed up, and when."""
    index = crisis & (lives.state == STREET) & (day >= np.int64(given.first_index_day))
    index &= day - lives.last_index >= given.gap_days
    row = np.flatnonzero(index)
    on = np.asarray(day)[row] if np.ndim(day) else int(day)
    person, history = lives.person[row], lives.history[row]
    here = staff[lives.area[row], on // 7]
    logit = (
        given.by_history * (history - HISTORY_CENTRE)
        + given.opioid * lives.opioid[row]
        + given.serious_mental_illness * lives.serious_mental_illness[row]
        + here
    )

    def told(process: str, intercept: float) -> Flags:
        chance = 1 / (1 + np.exp(-(intercept + logit)))
        return draws.uniform(process, person, on) < chance

    def within(process: str) -> Ints:
        return on + 1 + draws.below(process, person, given.window_days, on)

    assigned = Assigned(
        row=row,
        history=history,
        staff=here,
        other_day=within("follow_up_day"),
        other=told("follow_up", given.intercept),
        same_day=within("same_department_day"),
        same=told("same_department", given.same_intercept),
    )
    lives.last_index[row] = on
    plan(lives, row, assigned.other, assigned.other_day)
    lives.same_department_day[row] = np.where(
        assigned.same, assigned.same_day, LONG_AGO
    )
    return assigned


def plan(lives: Lives, row: Ints, told: Flags, day: Ints) -> None:
    """Set the day another department will come, if it was told to."""
    lives.follow_up_day[row] = np.where(told, day, LONG_AGO)


def follow_up(lives: Lives, day: ArrayLike, given: FollowUp) -> tuple[Flags, Flags]:
    """Meet those still on the street on the day planned, and start the effect."""
    street = lives.state == STREET
    other = street & (lives.follow_up_day == day)
    same = street & (lives.same_department_day == day)
    until = day + given.effect_days
    lives.effect_until = np.where(other, until, lives.effect_until)
    lives.same_effect_until = np.where(same, until, lives.same_effect_until)
    return other, same


def unmet_window(lives: Lives, day: int, given: FollowUp) -> Flags:
    """Return who is within seven days after an index and not yet followed up.

    Routine work leaves these people to the follow-up desk. So a meeting with another
    department in the week after a crisis is follow-up, and nothing else is.
    """
    within = (day > lives.last_index) & (day <= lives.last_index + given.window_days)
    return within & (lives.effect_until < lives.last_index)
