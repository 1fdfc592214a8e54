"""What is stated of log odds rises with them, keeps thresholds, and comes true."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.linkage.link import decide
from dagster_project.linkage.score import logit, probability
from dagster_project.linkage.stated import MOST_EXCESS, THRESHOLDS, Stated
from tests.linkage.invented_town import invented_records

SURPLUS = st.floats(-5, 5)
LOG_ODDS = st.floats(-30, 30)
PROBABILITY = st.one_of(st.sampled_from(THRESHOLDS), st.floats(0.001, 0.9999))


@given(SURPLUS, LOG_ODDS, LOG_ODDS)
def test_more_is_never_stated_of_less(surplus, one, two):
    low, high = Stated(surplus).probability(np.sort([one, two]))
    assert low <= high


@given(SURPLUS, LOG_ODDS, PROBABILITY)
def test_a_probability_is_reached_from_its_log_odds_on(surplus, odds, wanted):
    stated = Stated(surplus)
    reached = stated.probability(np.array([odds]))[0] >= wanted
    if abs(odds - stated.log_odds(wanted)) > 1e-9:
        assert reached == (odds > stated.log_odds(wanted))


@given(SURPLUS, st.sampled_from(THRESHOLDS))
def test_a_threshold_stands_where_the_models_odds_reach_it(surplus, threshold):
    odds = logit(threshold)
    at, below = Stated(surplus).probability(np.array([odds, np.nextafter(odds, 0.0)]))
    assert at >= threshold > below
    assert Stated(surplus).log_odds(threshold) == odds


@given(SURPLUS, LOG_ODDS)
def test_no_more_is_stated_than_the_model_says(surplus, odds):
    said = probability(np.array([odds]))[0]
    assert Stated(surplus).probability(np.array([odds]))[0] <= said + 1e-12


@pytest.mark.parametrize(
    ("surplus", "excess"), [(-9.0, 0.0), (0.0, 0.85), (0.5, 1.35), (9.0, MOST_EXCESS)]
)
def test_a_file_of_more_pairs_in_doubt_is_believed_less(surplus, excess):
    assert Stated(surplus).excess == pytest.approx(excess)


def test_pairs_in_doubt_come_true_about_as_often_as_is_stated():
    """Over four towns: the share of true pairs among those stated from .5 to .95."""
    said, stated, true = [], [], []
    for seed in range(4):
        records, person = invented_records(600, seed=seed)
        run = decide(records)
        ids = run.record_ids.take(run.rows).to_pylist()
        owner = np.array([person[record] for record in ids])
        pairs = run.scored
        chance = run.model.stated.probability(pairs.log_odds)
        doubtful = (chance >= 0.5) & (chance < 0.95)
        said.extend(probability(pairs.log_odds)[doubtful])
        stated.extend(chance[doubtful])
        true.extend((owner[pairs.left] == owner[pairs.right])[doubtful])
    share = np.mean(true)
    assert len(true) > 300
    assert abs(np.mean(stated) - share) < 0.1
    assert abs(np.mean(stated) - share) < abs(np.mean(said) - share)
