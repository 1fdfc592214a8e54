"""The estimators against simulated data whose truth is known."""

import numpy as np
import pytest

from dagster_project.linkage.clerical import reviewed, reviewed_curve
from dagster_project.linkage.quality import curve, ratio, share

SEEDS = 200
FLOORS = (0.01, 0.5, 0.95)


def simulated(random, size: int = 3000):
    """Return posteriors like a linkage's, record pairs per decision, and the truth."""
    sure = random.beta(40, 1, size // 2)
    unsure = random.beta(0.3, 3, size // 2)
    posterior = np.concatenate([sure, unsure])
    pairs = random.geometric(0.6, len(posterior)).astype(float)
    return posterior, pairs, random.random(len(posterior)) < posterior


def test_shares_are_what_the_formulas_say() -> None:
    posterior, pairs = np.array([0.99, 0.96, 0.4, 0.02]), np.array([1.0, 3.0, 1.0, 2.0])
    (point,) = curve(posterior, pairs, [0.95])
    right = 0.99 + 3 * 0.96
    assert point.precision.value == pytest.approx(right / 4)
    assert point.recall.value == pytest.approx(right / (right + 0.4 + 0.04))
    assert share([0.1, 0.3], [1, 3]).value == pytest.approx(0.25)


def test_posterior_intervals_hold_the_truth_19_times_of_20() -> None:
    inside = np.zeros(2)
    for seed in range(SEEDS):
        posterior, pairs, true = simulated(np.random.default_rng(seed))
        (point,) = curve(posterior, pairs, [0.95], seed)
        linked = posterior >= 0.95
        right = pairs[linked & true].sum()
        for number, (estimate, truth) in enumerate(
            (
                (point.precision, right / pairs[linked].sum()),
                (point.recall, right / pairs[true].sum()),
            )
        ):
            inside[number] += estimate.low <= truth <= estimate.high
    # 200 seeds at 95 %: fewer than 182 or all 200 would be no chance (1 in 1000).
    assert (inside >= 182).all(), inside


def test_clerical_intervals_hold_the_truth_though_the_model_is_overconfident() -> None:
    inside, model_inside = np.zeros(2), 0
    for seed in range(SEEDS):
        random = np.random.default_rng(seed)
        stated, pairs, _ = simulated(random, 20_000)
        real = np.where(stated > 0.5, stated - 0.1 * (1 - stated) ** 0.1, stated * 0.5)
        true = random.random(len(stated)) < real
        pairs = np.ones(len(pairs))
        edges = np.searchsorted(np.array([0, *FLOORS]), stated, side="right") - 1
        looked = np.concatenate(
            [
                random.choice(np.flatnonzero(edges == h), 80, replace=False)
                for h in range(len(FLOORS) + 1)
            ]
        )
        sample = reviewed(stated, pairs, stated[looked], true[looked], FLOORS)
        assert not sample.unseen.any()
        point = reviewed_curve(sample, seed)[-1]
        linked = stated >= 0.95
        right = (linked & true).sum()
        for number, (estimate, truth) in enumerate(
            (
                (point.precision, right / linked.sum()),
                (point.recall, right / true.sum()),
            )
        ):
            inside[number] += estimate.low <= truth <= estimate.high
        (own,) = curve(stated, pairs, [0.95], seed)
        truth = right / linked.sum()
        model_inside += own.precision.low <= truth <= own.precision.high
    assert (inside >= 182).all(), inside
    assert model_inside < 10, "the sample must be told from the posteriors"


def test_a_stratum_nobody_saw_stays_wide_open() -> None:
    posterior, pairs = np.array([0.7] * 100 + [0.99] * 100), np.ones(200)
    sampled, found = np.full(50, 0.99), np.ones(50, bool)
    sample = reviewed(posterior, pairs, sampled, found, FLOORS)
    assert sample.unseen.tolist() == [False, False, True, False]
    recall = reviewed_curve(sample)[-1].recall
    assert recall.low < 0.55 and recall.high > 0.9


def test_the_number_of_seeds_moves_no_estimate_and_certainty_has_no_width() -> None:
    certain = curve(np.ones(5), np.ones(5), [0.95])[0]
    assert certain.precision == (1.0, 1.0, 1.0)
    posterior, pairs, _ = simulated(np.random.default_rng(3))
    assert curve(posterior, pairs, [0.9], 4) == curve(posterior, pairs, [0.9], 4)


def test_nothing_gives_no_estimate() -> None:
    (point,) = curve([], [], [0.95])
    assert np.isnan(point.precision.value) and np.isnan(point.recall.value)
    assert np.isnan(share([], []).value)


def test_a_part_that_is_all_is_no_more_than_all() -> None:
    whole = np.full(50, 0.3)
    more = ratio(whole * (1 + 1e-15), whole, 1 + 4e-16)
    assert (more.low, more.value, more.high) == (1.0, 1.0, 1.0)
