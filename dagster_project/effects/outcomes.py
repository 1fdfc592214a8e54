"""What came after time zero: the outcome, what competes with it, how long we watched.

Belongs here: who is at risk at time zero and the day and kind of the first event.
Does not belong here: who was exposed, any estimate.
"""

from dataclasses import dataclass

import numpy as np

from dagster_project.effects.history import NEVER, Flags, Ints, Linked, Timeline
from dagster_project.effects.indexes import Indexes

CENSORED, OUTCOME, COMPETING = 0, 1, 2


@dataclass(frozen=True)
class Question:
    """One outcome: its events, what rules it out, where one who has it lives."""

    events: tuple[str, ...]
    competing: tuple[str, ...]
    lives_in: tuple[str, ...]  # stays that leave nobody at risk
    counts_day_0: bool  # whether an event on day 0 has come before


OUTCOMES = {
    "permanent_housing_exit": Question(
        ("permanent_housing_exit",), ("death",), ("permanent_housing",), True
    ),
    "shelter_entry": Question(
        ("shelter_entry",),
        ("death", "permanent_housing_exit"),
        ("shelter", "permanent_housing"),
        True,
    ),
    "moud_start": Question(("moud_start",), ("death",), (), True),
    "repeat_crisis": Question(("crisis", "overdose"), ("death",), (), False),
    "death": Question(("death",), (), (), True),
}
"""Who has moved into a home enters no shelter, so that competes with shelter entry.

An outcome on day 0 cannot be laid after the intervention of that day: not at risk. A
crisis on day 0 may be the very contact at time zero and rules nobody out.
"""


@dataclass(frozen=True)
class Watch:
    """One row per index: what was seen of it."""

    at_risk: Flags  # at the start of the watch
    stop: Ints  # days from the start to the end of the watch, 0 = not watched
    what: Ints  # CENSORED, OUTCOME or COMPETING


def watch(
    linked: Linked, at: Indexes, question: Question, from_day: int, days: int
) -> Watch:
    """Watch each index from ``from_day`` days after time zero.

    Args:
        linked: The linked record.
        at: Index interventions.
        question: The outcome.
        from_day: 0, or the landmark: by then nothing may have happened.
        days: Longest watch; the outcome may come on day 1 to this one.
    """
    begin = at.day + from_day
    happened = linked.outcome_days(*question.events)
    first = 0 if question.counts_day_0 else 1
    before = happened.first(at.person, at.day + first, begin) < NEVER
    dead = linked.outcome_days("death").count(at.person, 0, begin) > 0
    at_risk = ~before & ~dead & ~lives_in(linked, at.person, begin, question.lives_in)
    at_risk &= begin <= linked.data_through

    last = np.minimum(begin + days, linked.data_through)
    outcome = happened.first(at.person, begin + 1, last)
    other = np.full(len(begin), NEVER)
    if question.competing:
        competing = linked.outcome_days(*question.competing)
        other = competing.first(at.person, begin + 1, last)
        gone = competing.first(at.person, at.day + 1, begin) < NEVER
        at_risk &= ~gone
    end = np.minimum(np.minimum(outcome, other), last)
    what = np.where(
        end == outcome, OUTCOME, np.where(end == other, COMPETING, CENSORED)
    )
    return Watch(at_risk, np.where(at_risk, end - begin, 0), np.where(at_risk, what, 0))


def lives_in(linked: Linked, person: Ints, day: Ints, kinds: tuple[str, ...]) -> Flags:
    """Return who lives in a place of these kinds on a day (stay_kind)."""
    stays = linked.stays
    chosen = np.isin(stays["stay_kind"].astype(str), kinds)
    owner = stays["person"][chosen]
    entered = Timeline(owner, stays["day"][chosen]).count(person, 0, day)
    left = stays["left_on"][chosen]
    gone = Timeline(owner, np.minimum(left, NEVER - 1)).count(person, 0, day)
    return entered > gone
