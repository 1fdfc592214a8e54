"""Medication for opioid use disorder after an overdose.

Belongs here: warm hand-offs and starts within 30 days.
Does not belong here: how long people stay on it and what that changes (``moves``).

The chance of a start is a sum by design, so the effect of a hand-off is the same
number of points for everybody (E2).
"""

from dataclasses import dataclass

import numpy as np

from dagster_project.synthetic.city import Flags, Ints
from dagster_project.synthetic.follow_up import HISTORY_CENTRE
from dagster_project.synthetic.moves import Surroundings
from dagster_project.synthetic.state import Lives

ACCEPTED_DAYS = 90
"""An offer accepted this recently marks the willing (M)."""
CHANCE_LIMITS = (0.01, 0.95)
"""Bounds of the summed chance of a start."""


@dataclass(frozen=True)
class AfterOverdose:
    """Today's overdoses, one per row."""

    row: Ints
    hand_off: Flags
    start_day: Ints  # of MOUD, -1 = none within 30 days
    starts_with: Flags  # would start after a hand-off
    starts_without: Flags


def after_overdose(
    lives: Lives, day: int, overdose: Flags, around: Surroundings
) -> AfterOverdose:
    """Draw who is handed off warmly, and who starts treatment and when."""
    given, draws = around.parameters.moud, around.draws
    row = np.flatnonzero(overdose)
    person = lives.person[row]
    centred = lives.history[row] - HISTORY_CENTRE
    last = lives.last_accepted[row]
    willing = (last < day) & (last >= day - ACCEPTED_DAYS)
    prior = lives.had_moud[row]
    logit = (
        given.hand_off
        + given.hand_off_accepted * willing
        + given.hand_off_prior * prior
        + given.hand_off_history * centred
        + around.staff[lives.area[row], day // 7]
    )
    hand_off = draws.uniform("hand_off", person, day) < 1 / (1 + np.exp(-logit))
    chance = (
        given.start
        + given.start_accepted * willing
        + given.start_prior * prior
        + given.start_history * centred
    )
    chance = np.clip(chance, *CHANCE_LIMITS)
    number = draws.uniform("moud_start", person, day)
    with_it = number < chance + around.parameters.effects.moud_hand_off
    without = number < chance
    starts = np.where(hand_off, with_it, without)
    when = day + 1 + draws.below("moud_day", person, given.start_days, day)
    waiting = lives.moud_due[row] > day
    lives.moud_due[row] = np.where(starts & ~waiting, when, lives.moud_due[row])
    return AfterOverdose(row, hand_off, np.where(starts, when, -1), with_it, without)
