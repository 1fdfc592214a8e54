"""What is stated of joins and of pairs rises with their log odds."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.linkage.score import logit, probability
from dagster_project.linkage.stated import KNOTS, MOST_EXCESS, THRESHOLDS, Stated

SURPLUS = st.floats(-5, 5)
LOG_ODDS = st.floats(-30, 30)
PROBABILITY = st.one_of(st.sampled_from(THRESHOLDS), st.floats(0.001, 0.9999))


@given(SURPLUS, LOG_ODDS, LOG_ODDS)
def test_more_is_never_stated_of_less(surplus, one, two):
    low, high = Stated(surplus).of_joins(np.sort([one, two]))
    assert low <= high


@given(SURPLUS, LOG_ODDS, PROBABILITY)
def test_a_probability_is_reached_from_its_log_odds_on(surplus, odds, wanted):
    stated = Stated(surplus)
    reached = stated.of_joins(np.array([odds]))[0] >= wanted
    if abs(odds - stated.join_log_odds(wanted)) > 1e-9:
        assert reached == (odds > stated.join_log_odds(wanted))


@given(SURPLUS, st.sampled_from(THRESHOLDS))
def test_a_threshold_stands_where_the_models_odds_reach_it(surplus, threshold):
    odds = logit(threshold)
    at, below = Stated(surplus).of_joins(np.array([odds, np.nextafter(odds, 0.0)]))
    assert at >= threshold > below
    assert Stated(surplus).join_log_odds(threshold) == odds


@given(SURPLUS, LOG_ODDS)
def test_no_more_is_stated_than_the_model_says(surplus, odds):
    said = probability(np.array([odds]))[0]
    assert Stated(surplus).of_joins(np.array([odds]))[0] <= said + 1e-12


@pytest.mark.parametrize(
    ("surplus", "excess"), [(-9.0, 0.0), (0.0, 0.6), (0.5, 1.1), (9.0, MOST_EXCESS)]
)
def test_a_file_of_more_pairs_in_doubt_is_believed_less(surplus, excess):
    assert Stated(surplus).excess == pytest.approx(excess)


RISING = st.lists(st.floats(0.01, 3.0), min_size=len(KNOTS), max_size=len(KNOTS)).map(
    lambda steps: tuple((np.cumsum(steps) - 8.0).tolist())
)
OF_PAIRS = st.builds(Stated, SURPLUS, st.one_of(st.just(()), RISING))


@given(OF_PAIRS, LOG_ODDS, LOG_ODDS)
def test_more_is_never_stated_of_a_pair_of_less_weight(stated, one, two):
    low, high = stated.of_pairs(np.sort([one, two]))
    assert low <= high


@given(OF_PAIRS, st.floats(0.001, 0.9999))
def test_the_log_odds_of_a_pair_are_those_of_what_is_stated(stated, wanted):
    found = stated.of_pairs(np.array([stated.pair_log_odds(wanted)]))[0]
    assert found == pytest.approx(wanted, abs=1e-6)


@given(SURPLUS, LOG_ODDS)
def test_before_records_are_joined_a_pair_is_stated_like_a_join(surplus, odds):
    stated = Stated(surplus)
    assert stated.of_pairs(np.array([odds]))[0] == pytest.approx(
        probability(np.array([odds - stated.excess]))[0], abs=1e-9
    )
