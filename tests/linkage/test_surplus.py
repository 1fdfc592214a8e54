"""The surplus: what is found in doubt for each pair that a model foresees there."""

import numpy as np
import pytest

from dagster_project.linkage.link import decide
from dagster_project.linkage.score import logit
from dagster_project.linkage.surplus import BORROWED, drawn_levels, surplus
from dagster_project.linkage.weights import log_odds
from tests.linkage.invented_town import invented_records

SEED = 7


@pytest.fixture(scope="module")
def run():
    records, _ = invented_records(800, seed=3)
    return decide(records)


def counted(run, scored=None, seed=SEED):
    scored = run.scored if scored is None else scored
    return surplus(scored, run.model, run.strata, run.log_frequency, seed)


def in_doubt(scored):
    return (scored.log_odds >= logit(0.05)) & (scored.log_odds < 0.0)


def test_the_model_takes_the_surplus_along(run):
    assert run.trained.model.surplus == run.model.surplus
    again = decide(invented_records(300, seed=4)[0], model=run.trained)
    assert again.model.surplus == run.model.surplus
    assert again.merges.stated == run.model.stated


def test_twice_the_pairs_in_doubt_are_one_log_two_more(run):
    rows = np.arange(len(run.scored.left))
    doubled = run.scored.kept(np.sort(np.append(rows, rows[in_doubt(run.scored)])))
    before = np.exp(counted(run))
    found = in_doubt(run.scored).sum()
    foreseen = (found + BORROWED) / before - BORROWED
    # The doubled pairs add to the expected pairs of one person, a little.
    wanted = np.log((2 * found + BORROWED) / (foreseen + BORROWED))
    assert counted(run, doubled) == pytest.approx(wanted, abs=0.1)


def test_a_file_without_likely_pairs_has_none(run):
    unlikely = run.scored.kept(run.scored.log_odds < 0.0)
    assert counted(run, unlikely) == 0.0


def test_draws_tell_it_closely(run):
    figures = [counted(run, seed=seed) for seed in range(6)]
    assert np.ptp(figures) < 0.3


def test_what_the_model_foresees_is_no_surplus(run):
    """Pairs drawn from the model itself, e^-x others beside each, give about 0.

    One draw gives .11 to .18: some 15 % more than would be foreseen.
    """
    likely = run.scored.kept(run.scored.log_odds >= logit(0.9))
    weights, found = run.model.weights(), []
    for seed in (1, 2, 3, 4):
        draw = np.random.default_rng(seed)
        some = likely.kept(draw.integers(0, len(likely.left), 200_000))
        odds = log_odds(
            weights,
            drawn_levels(some.levels, run.model.m, 99 + seed),
            some.left,
            some.right,
            run.strata.of_pairs(some.left, some.right),
            run.log_frequency,
        )
        as_foreseen = draw.poisson(1.0 + np.exp(-np.maximum(odds, -8.0)))
        rows = np.repeat(np.arange(len(odds)), as_foreseen)
        found.append(counted(run, some._replace(log_odds=odds).kept(rows)))
    assert abs(np.mean(found)) < 0.2
