"""Estimates from linked data against the true effects of made-up cities.

Linkage is given the truth; covariates are what linked data hold. Eight cities say
whether an estimator is right; how often its intervals cover takes many more:
``python -m benchmarks.effects_coverage`` (figures in docs/decisions/0013).
"""

from functools import cache

import numpy as np
import pytest

from dagster_project.effects import compare, covariates, exposure, questions
from dagster_project.effects.history import Linked
from dagster_project.effects.indexes import index_interventions
from dagster_project.effects.outcomes import OUTCOMES
from dagster_project.effects.questions import ANY_OTHER, SAME
from tests.effects.cities import linked, simulate, truth

pytestmark = pytest.mark.city

PEOPLE = 3_500
SEEDS = (1, 2, 3, 4, 5, 6)
EFFECT = "follow_up_other_department"


@cache
def _city(seed: int, ratio: float = 1.6):
    city = simulate(PEOPLE, seed, hr_follow_up=ratio)
    return city, linked(city)


@cache
def _estimate(seed: int, ratio: float = 1.6) -> compare.Comparison:
    """Return another department's follow-up and shelter entry by day 37."""
    return _compared(_city(seed, ratio)[1])


def _compared(record: Linked, history: Linked | None = None) -> compare.Comparison:
    """Compare; covariates are taken from another record where one is given."""
    at = compare.eligible(record, "crisis_response")
    came = exposure.follow_up(record, at)
    return compare.compare(
        record,
        at,
        OUTCOMES["shelter_entry"],
        {ANY_OTHER: came.other, SAME: came.same},
        covariates.at_time_zero(history or record, at),
        (ANY_OTHER,),
    )[0]


def _logs(results: list[compare.Comparison]) -> np.ndarray:
    return np.log([result.hazard_ratio.value for result in results])


def test_intervals_cover_the_true_effects():
    """Of six each interval may miss once: with 95 % that fails 3 % of the time."""
    ratio, difference = [], []
    for seed in SEEDS:
        found, city = _estimate(seed), _city(seed)[0]
        true = truth(city, EFFECT, "average_effect_37")
        ratio.append(found.hazard_ratio.low <= 1.6 <= found.hazard_ratio.high)
        difference.append(found.difference.low <= true <= found.difference.high)
    assert sum(ratio) >= len(SEEDS) - 1
    assert sum(difference) >= len(SEEDS) - 1


def test_the_naive_figure_is_too_low_nearly_everywhere():
    below = [
        _estimate(seed).naive.difference
        < truth(_city(seed)[0], EFFECT, "average_effect_37")
        for seed in SEEDS
    ]
    assert sum(below) >= len(SEEDS) - 1


@pytest.mark.parametrize("ratio", [1.0, 2.2])
def test_other_true_effects_are_given_back(ratio):
    """Two cities: the mean log has a standard error of .1, three of which are .3."""
    found = _logs([_estimate(seed, ratio) for seed in SEEDS[:2]])
    assert abs(found.mean() - np.log(ratio)) < 0.3


def test_a_stronger_effect_gives_a_larger_estimate_in_the_same_city():
    """The same lives, draws and beds: the noise is nearly the same, too."""
    found = [_estimate(SEEDS[0], ratio).hazard_ratio.value for ratio in (1.0, 1.6, 2.2)]
    assert found == sorted(found)


def test_one_departments_history_leaves_it_confounded():
    """What DPH alone knows of crises adjusts for less: all estimates fall."""
    alone, together = [], []
    for seed in SEEDS:
        city, record = _city(seed)
        together.append(_estimate(seed))
        alone.append(_compared(record, history=linked(city, "dph")))
    assert (_logs(alone) < _logs(together)).all()


def test_one_department_sees_no_follow_up_by_another():
    for department in ("fire", "dph", "hsh"):
        record = linked(_city(SEEDS[0])[0], department)
        at = index_interventions(record, "crisis_response")
        if len(at.person):
            came = exposure.follow_up(record, at)
            assert (came.other == exposure.NEVER).all(), department


def test_negative_controls_show_nothing():
    """An operation brings nobody a home or MOUD, so over all cities the mean is none.

    Within 2.6 standard errors of the mean; of single intervals most cover none, too.
    """
    found: dict[str, list[tuple[float, bool]]] = {}
    for seed in SEEDS:
        for answer in questions.negative_control(_city(seed)[1]):
            ratio = answer.result.hazard_ratio
            if ratio is not None and answer.result.horizon == 37:
                covers = ratio.low <= 1 <= ratio.high
                found.setdefault(answer.outcome, []).append(
                    (np.log(ratio.value), covers)
                )
    assert set(found) == set(questions.CONTROL_OUTCOMES)
    for outcome, rows in found.items():
        logs, covers = np.array(rows).T
        assert covers.mean() > 0.8, outcome
        error = logs.std(ddof=1) / np.sqrt(len(logs))
        assert abs(logs.mean()) < 2.6 * error, outcome


def test_the_same_record_gives_the_same_numbers():
    record = _city(SEEDS[0])[1]
    assert _compared(record) == _compared(record)
