"""One adjusted comparison: time zero, exposure as it happens, covariates, competing.

Belongs here: the order of the steps from index interventions to an estimate. Does not
belong here: any of the steps, which comparisons are made (``questions``).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache, partial

import numpy as np

from dagster_project.effects import covariates, indexes, naive, overlap
from dagster_project.effects.covariates import Covariates
from dagster_project.effects.history import NEVER, Flags, Ints, Linked
from dagster_project.effects.indexes import Indexes
from dagster_project.effects.outcomes import OUTCOME, Question, lives_in, watch
from dagster_project.effects.person_days import EFFECT_DAYS
from dagster_project.effects.trial import (
    FEWEST_EXPOSED,
    WATCH_DAYS,
    Interval,
    Trial,
)

HORIZONS = (37, 90)
"""A week in which follow-up comes and the 30 days after it; then a quarter year."""


@dataclass(frozen=True)
class Comparison:
    """One exposure, one outcome, one horizon."""

    exposure: str
    horizon: int
    n: int
    persons: int
    exposed: int
    outcomes: int
    outcomes_exposed: int
    covariates: str
    hazard_ratio: Interval | None
    risk_exposed: float | None
    risk_unexposed: float | None
    difference: Interval | None
    ratio: Interval | None
    overlap: overlap.Overlap | None
    naive: naive.Naive | None
    why_none: str | None


ON_THE_STREET = ("shelter", "permanent_housing")
"""Stays that nobody eligible is in: the question is what follows help on the street."""


def eligible(linked: Linked, *types: str) -> Indexes:
    """Return who is eligible at time zero, by what is known on that day.

    The person lives in neither a shelter nor a home, and the record reaches back as far
    as the covariates look. Where a clinic or hospital met the same illness first, a
    street team's contact in the next 38 days is no time zero: whoever was met then may
    have been followed up for it already, and would pass for unexposed.

    Args:
        linked: The linked record.
        types: Types of intervention, taken as one.
    """
    met = indexes.acts(linked, *types, indexes.AT_A_CARE_SITE)
    inside = lives_in(linked, met.person, met.day, ON_THE_STREET)
    first = indexes.far_apart(met.take(~inside))
    on_the_street = first.kind != indexes.AT_A_CARE_SITE
    return first.take((first.day >= covariates.first_day(linked)) & on_the_street)


def compare(
    linked: Linked,
    at: Indexes,
    question: Question,
    onset: dict[str, Ints],
    history: Covariates,
    shown: tuple[str, ...],
    until: dict[str, Ints] | None = None,
    effect_days: int = EFFECT_DAYS,
) -> list[Comparison]:
    """Compare people after each exposure with people not, or not yet, exposed.

    Args:
        linked: The linked record.
        at: Eligible index interventions.
        question: The outcome.
        onset: By exposure, the day from time zero on which it happened or NEVER; all
            are in one model. That day itself is taken out.
        history: Covariates of each index.
        shown: Exposures to return a comparison for.
        until: By exposure, the day on which another takes its place.
        effect_days: Days from exposure on that the hazard ratio is about.

    Returns:
        One comparison for each exposure shown and each horizon.
    """
    seen = watch(linked, at, question, 0, WATCH_DAYS)
    kept = seen.at_risk & (seen.stop > 0)
    stop, what, person = seen.stop[kept], seen.what[kept], at.person[kept]
    never = np.full(len(at.person), NEVER)
    onsets = {name: days[kept] for name, days in onset.items()}
    ends = {name: (until or {}).get(name, never)[kept] for name in onset}
    carried = Covariates(history.x[kept], history.names).carried_by(what == OUTCOME)
    trial = Trial(stop, what, person, carried, onsets, ends, effect_days)
    found = []
    for name in shown:
        alike = cache(partial(overlap.overlap, onsets[name] < NEVER, trial.carried.x))
        for horizon in HORIZONS:
            mature = at.day[kept] + horizon <= linked.data_through
            found.append(_comparison(trial, name, horizon, mature, alike))
    return found


def _comparison(
    trial: Trial,
    name: str,
    horizon: int,
    mature: Flags,
    alike: Callable[[], overlap.Overlap],
) -> Comparison:
    """Return the comparison of one exposure at one horizon.

    How alike the groups are is the same at each, and so worked out once.
    """
    onset = trial.onset[name]
    exposed = onset < NEVER
    first = 2 * trial.names.index(name)
    after = trial.days.exposed[:, first : first + 2].sum(axis=1) > 0
    outcomes_exposed = int((trial.days.event & after).sum())
    by_then = trial.outcome & (trial.stop <= horizon)
    counts = {
        "exposure": name,
        "horizon": horizon,
        "n": len(trial.stop),
        "persons": int(trial.cluster.max(initial=-1)) + 1,
        "exposed": int((exposed & (onset < trial.stop)).sum()),
        "outcomes": int(trial.outcome.sum()),
        "outcomes_exposed": outcomes_exposed,
        "covariates": trial.carried.words,
        "naive": naive.ever_exposed(exposed, by_then, mature, trial.person),
    }
    why = _why_none(trial, name, counts["exposed"])
    if why:
        return Comparison(
            **counts,
            hazard_ratio=None,
            risk_exposed=None,
            risk_unexposed=None,
            difference=None,
            ratio=None,
            overlap=None,
            why_none=why,
        )
    return Comparison(
        **counts,
        hazard_ratio=trial.hazard_ratio(first),
        **trial.risks(first, onset, horizon),
        overlap=alike(),
        why_none=None,
    )


def _why_none(trial: Trial, name: str, exposed: int) -> str | None:
    """Return why there is no estimate, in words; None where there is one."""
    unexposed = int((trial.days.event & (trial.days.exposed.sum(axis=1) == 0)).sum())
    if not trial.outcome.any():
        return "no outcome"
    if not exposed:
        return "nobody was exposed"
    if 2 * trial.names.index(name) not in trial.used:
        return (
            f"fewer than {FEWEST_EXPOSED} outcomes in the {trial.effect_days} days "
            "from exposure on, its own day apart"
        )
    if unexposed < FEWEST_EXPOSED:
        return f"fewer than {FEWEST_EXPOSED} outcomes without exposure"
    return trial.why
