"""What is stated of pairs is what their clusters say, and it comes true."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import isotonic_regression

from dagster_project.linkage.cluster import Merges
from dagster_project.linkage.link import decide
from dagster_project.linkage.model_file import model_text, read_model, stated_in
from dagster_project.linkage.score import Scored, probability
from dagster_project.linkage.stated import KNOTS, Stated
from dagster_project.linkage.stated_pairs import BORROWED, _rising, stated_pairs
from tests.linkage.invented_town import invented_records

LOOSE = 0.5
MANY = 400


def pairs_of(log_odds: list[float]) -> Scored:
    """Return pairs of records 0 and 1, 2 and 3, and so on."""
    count = len(log_odds)
    left = 2 * np.arange(count, dtype=np.int32)
    nothing = np.zeros(count, np.uint8)
    return Scored(left, left + 1, nothing[:, None], nothing, np.array(log_odds))


def joined(pairs: Scored, score: float, stated: Stated) -> Merges:
    """Return joins of both records of every pair, all of one score."""
    count = len(pairs.left)
    return Merges(
        pairs.left.astype(np.int64),
        pairs.right.astype(np.int64),
        np.full(count, score),
        np.arange(count),
        2 * count,
        stated,
    )


def told(pairs: Scored, merges: Merges, log_odds: float) -> float:
    found = Stated(merges.stated.surplus, stated_pairs(pairs, merges, LOOSE))
    return float(found.of_pairs(np.array([log_odds]))[0])


def test_pairs_that_other_evidence_joins_are_stated_as_sure_as_their_joins():
    stated = Stated(0.0)
    pairs = pairs_of([1.25] * MANY)
    assert told(pairs, joined(pairs, 9.0, stated), 1.25) == pytest.approx(
        0.98, abs=0.02
    )
    weaker = joined(pairs, 2.0, stated)
    assert told(pairs, weaker, 1.25) == pytest.approx(
        stated.of_joins(np.array([2.0]))[0], abs=0.02
    )


def test_pairs_whose_people_are_kept_apart_are_stated_lower_than_lone_ones():
    stated = Stated(0.0)
    pairs = pairs_of([1.25] * MANY)
    nobody = replace(joined(pairs_of([]), 0.0, stated), records=2 * MANY)
    lone = told(pairs, nobody, 1.25)
    assert lone == pytest.approx(
        probability(np.array([1.25 - stated.excess]))[0], abs=0.01
    )
    # The second record of every pair is joined to one more instead.
    further = np.arange(MANY) + 2 * MANY
    others = Merges(
        pairs.right.astype(np.int64),
        further,
        np.full(MANY, 9.0),
        np.arange(MANY),
        3 * MANY,
        stated,
    )
    assert told(pairs, others, 1.25) < 0.5 * lone


def test_a_file_of_few_pairs_states_them_as_it_would_joins():
    stated = Stated(0.4)
    pairs = pairs_of([])
    found = stated_pairs(pairs, joined(pairs, 9.0, stated), LOOSE)
    assert found == pytest.approx(KNOTS - stated.excess)


SHARES = st.lists(
    st.tuples(st.floats(0.01, 0.99), st.floats(BORROWED, 1e5)), min_size=1, max_size=30
)


@given(SHARES)
def test_shares_that_fall_are_pooled_as_scipy_pools_them(given_shares):
    share, weight = np.array(given_shares).T
    place = np.arange(len(share), dtype=float)
    found, where = _rising(share, place, weight)
    assert (np.diff(found) > 0).all() and (np.diff(where) > 0).all()
    expected = isotonic_regression(share, weights=weight).x
    np.testing.assert_allclose(
        np.unique(expected.round(9)), np.unique(found.round(9)), atol=1e-8
    )


def test_pairs_in_doubt_come_true_about_as_often_as_is_stated():
    """Over four towns: the share of true pairs among those stated from .5 to .95."""
    stated, true = [], []
    for seed in range(4):
        records, person = invented_records(600, seed=seed)
        run = decide(records)
        ids = run.record_ids.take(run.rows).to_pylist()
        owner = np.array([person[record] for record in ids])
        pairs = run.scored
        chance = run.model.stated.of_pairs(pairs.log_odds)
        doubtful = (chance >= 0.5) & (chance < 0.95)
        stated.extend(chance[doubtful])
        true.extend((owner[pairs.left] == owner[pairs.right])[doubtful])
    share = np.mean(true)
    assert len(true) > 300
    assert abs(np.mean(stated) - share) < 0.05


def test_the_model_takes_what_is_stated_of_pairs_along():
    run = decide(invented_records(200, seed=3)[0])
    text = model_text(run.trained)
    assert len(run.model.stated_pairs) == len(KNOTS)
    again = read_model(text).model.stated
    np.testing.assert_allclose(again.pairs, run.model.stated.pairs, rtol=1e-11)
    assert stated_in(text) == again
