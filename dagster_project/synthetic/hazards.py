"""How likely death, a home, an overdose, a crisis and wanting a bed are today.

Belongs here: hazards as functions of a life's state, and the stated effects on them.
Does not belong here: drawing, or moving anybody (``moves``).
"""

import numpy as np
from numpy.typing import ArrayLike

from dagster_project.synthetic.city import Flags, Floats, Ints
from dagster_project.synthetic.codes import WINDOW_START
from dagster_project.synthetic.parameters import Parameters
from dagster_project.synthetic.state import HOUSED, Lives


def death(
    lives: Lives, given: Parameters, since_overdose: Ints, on_moud: Flags
) -> Floats:
    """Return the daily hazard of death; nobody is followed while away."""
    moves = given.moves
    by_state = np.array([moves.died_base_street] + 3 * [moves.died_base_sheltered])
    base = np.append(by_state / 7, [0.0, 0.0, 0.0])[lives.state]
    after = np.where(
        since_overdose <= 2,
        moves.death_after_overdose,
        np.where(since_overdose <= 30, moves.death_month_after_overdose, 1.0),
    )
    treated = np.where(on_moud, given.effects.moud_death, 1.0)
    return base * lives.death_factor * after * treated


def housing(lives: Lives, day: ArrayLike, given: Parameters) -> Floats:
    """Return the factors on every way into a home (E4, E6)."""
    factor = np.exp(given.moves.housed_by_engagement * lives.engagement)
    factor = factor * np.where(lives.listed, given.effects.priority_housing, 1.0)
    operation = given.effects.encampment_housing
    if operation != 1.0:
        factor = factor * np.where(lives.operation_until > day, operation, 1.0)
    return factor


def overdose(
    lives: Lives,
    given: Parameters,
    day: ArrayLike,
    since_overdose: Ints,
    on_moud: Flags,
) -> Floats:
    """Return the daily hazard of an overdose, falling over the window."""
    crises = given.crises
    days = np.maximum(np.asarray(day) - WINDOW_START, 0)
    falling = 0.5 ** (days / crises.overdose_half_days)
    again = np.where(
        since_overdose <= 30,
        crises.overdose_month_after,
        np.where(since_overdose <= 90, crises.overdose_quarter_after, 1.0),
    )
    treated = np.where(on_moud, given.moud.overdose_on_moud, 1.0)
    return lives.overdose_rate * falling * again * treated


def wanting(lives: Lives, given: Parameters, day: ArrayLike) -> Floats:
    """Return the daily hazard of wanting a bed: the one place E1 and E1b act."""
    beds, effects = given.beds, given.effects
    hazard = beds.want / 7 * lives.want_factor
    hazard = hazard * np.exp(
        beds.want_by_history * (lives.history - beds.history_centre)
    )
    other = np.where(lives.effect_until > day, effects.hr_follow_up, 1.0)
    same = np.where(lives.same_effect_until > day, effects.hr_same_department, 1.0)
    return hazard * other * same


def crisis(lives: Lives, given: Parameters, day: ArrayLike) -> Floats:
    """Return the chance of a crisis today; the weekly state makes them come in runs."""
    crises = given.crises
    rate = lives.crisis_rate * np.exp(lives.mood - crises.weekly_sd**2 / 2)
    rate = rate * np.where(lives.state == HOUSED, crises.housed, 1.0)
    managed = given.effects.case_management_crises
    if managed != 1.0:
        rate = rate * np.where(lives.managed_until > day, managed, 1.0)
    return -np.expm1(-rate)
