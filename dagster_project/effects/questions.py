"""Which comparisons are made of the linked record.

Belongs here: exposures, what they are compared with, in words and as days. Does not
belong here: how a comparison is made (``compare``).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from dagster_project.effects import compare, covariates, exposure
from dagster_project.effects.history import NEVER, Linked
from dagster_project.effects.indexes import types_of
from dagster_project.effects.outcomes import OUTCOMES
from dagster_project.effects.person_days import EFFECT_DAYS
from dagster_project.effects.trial import WATCH_DAYS

OPERATION, OUTREACH = "encampment_operation", "outreach"
NOT_YET = "no_follow_up_yet"
ANY_OTHER = "any_other_department"
ONE_OTHER = "one_other_department"
SEVERAL_OTHER = "several_other_departments"
SAME = "same_department"
CONTROL = "encampment_operation"
ORDINARY = "ordinary_outreach"
WARM, NOT_WARM = "warm_hand_off", "no_warm_hand_off"
HANDED_OFF = "overdose_response"
CONTROL_OUTCOMES = ("permanent_housing_exit", "moud_start")
"""What an operation at an encampment brings nobody of itself. An estimate away from
none would show what the covariates leave confounded: a negative control."""


@dataclass(frozen=True)
class Answer:
    """A comparison and what it is about."""

    intervention: str
    compared_with: str
    outcome: str
    result: compare.Comparison


def answers(linked: Linked) -> Iterator[Answer]:
    """Make every comparison, in a fixed order."""
    for kind in types_of(linked):
        yield from follow_up(linked, kind)
    yield from warm_hand_off(linked)
    yield from negative_control(linked)


def follow_up(linked: Linked, kind: str) -> Iterator[Answer]:
    """Compare who was followed up after an intervention with who was not.

    Two models: any other department, then one apart from several. The same department
    is in both, so that neither stands for the other.
    """
    at = compare.eligible(linked, kind)
    if not len(at.person):
        return
    came = exposure.follow_up(linked, at)
    history = covariates.at_time_zero(linked, at)
    any_other = {ANY_OTHER: came.other, SAME: came.same}
    apart = {ONE_OTHER: came.other, SEVERAL_OTHER: came.several, SAME: came.same}
    models = (
        (any_other, (ANY_OTHER, SAME), None),
        (apart, (ONE_OTHER, SEVERAL_OTHER), {ONE_OTHER: came.several}),
    )
    for outcome, question in OUTCOMES.items():
        for onset, shown, until in models:
            for result in compare.compare(
                linked, at, question, onset, history, shown, until
            ):
                yield Answer(kind, NOT_YET, outcome, result)


def warm_hand_off(linked: Linked) -> Iterator[Answer]:
    """Compare overdoses with a warm hand-off to MOUD with those without.

    It happens at the overdose and stands in the team's log from then on, so exposure is
    known at time zero. An offer's status is not: it is written over when treatment
    begins. Overdoses of which no log tells are left out, whatever came of them. The
    willing are handed off and start: what tells them is adjusted for before all else.
    """
    at = compare.eligible(linked, HANDED_OFF)
    contacts = linked.contacts
    told = dict(zip(contacts["contact_id"], contacts["hand_off"], strict=True))
    handed = np.array([told.get(act) for act in at.act], dtype=object).astype(str)
    known = np.isin(handed, ("warm", "none"))
    at, handed = at.take(known), handed[known]
    if not len(at.person):
        return
    history = covariates.at_time_zero(linked, at)
    for result in compare.compare(
        linked,
        at,
        OUTCOMES["moud_start"],
        {WARM: np.where(handed == "warm", 0, NEVER)},
        history.led_by(covariates.WILLING, covariates.TREATED),
        (WARM,),
        effect_days=EFFECT_DAYS + 1,
    ):
        yield Answer(HANDED_OFF, NOT_WARM, "moud_start", result)


def negative_control(linked: Linked) -> Iterator[Answer]:
    """Compare people met in an operation with people met by ordinary outreach.

    Both were met on the street on the day of time zero, so the exposure needs no time
    to happen, and it is looked at over the whole watch.
    """
    at = compare.eligible(linked, OPERATION, OUTREACH)
    if not len(at.person):
        return
    history = covariates.at_time_zero(linked, at)
    onset = np.where(at.kind == OPERATION, 0, NEVER)
    for outcome in CONTROL_OUTCOMES:
        for result in compare.compare(
            linked,
            at,
            OUTCOMES[outcome],
            {CONTROL: onset},
            history,
            (CONTROL,),
            effect_days=WATCH_DAYS + 1,
        ):
            yield Answer(OPERATION, ORDINARY, outcome, result)
