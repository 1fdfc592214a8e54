import numpy as np
import pyarrow as pa
import pytest

from dagster_project.linkage.cluster import Merges, decisions
from dagster_project.linkage.components import components
from dagster_project.linkage.score import Scored, logit
from dagster_project.linkage.stated import Stated

STATED = Stated(0.0)


def merges(*rows, records=6) -> Merges:
    """Return merges (kept, joined, probability) of one component."""
    kept, joined, p = zip(*rows, strict=True)
    score = np.array([STATED.join_log_odds(x) for x in p])
    component = np.zeros(len(rows), int)
    return Merges(np.array(kept), np.array(joined), score, component, records, STATED)


def test_a_partition_is_the_merges_before_the_first_one_below():
    made = merges((0, 1, 0.999), (2, 3, 0.97), (0, 2, 0.8), (0, 4, 0.96))
    assert made.partition(0.99).tolist() == [0, 0, 2, 3, 4, 5]
    assert made.partition(0.95).tolist() == [0, 0, 2, 2, 4, 5]
    assert made.partition(0.5).tolist() == [0, 0, 0, 0, 0, 5]


def test_a_late_newcomer_lowers_only_its_own_confidence():
    made = merges((0, 1, 0.999), (0, 2, 0.96), (3, 4, 0.98))
    sure = made.confidence(0.95)
    p = [0.999, 0.999, 0.96, 0.98, 0.98]
    assert sure[:5] == pytest.approx([STATED.join_log_odds(x) for x in p])
    assert np.isinf(sure[5])


def test_a_large_component_loses_its_weak_edges_until_its_pieces_are_small():
    left = np.arange(9)
    odds = np.full(9, logit(0.9999))
    odds[4] = logit(0.2)
    pairs = Scored(left, left + 1, np.zeros((9, 1)), np.zeros(9), odds)
    must = np.zeros((0, 2), np.int64)
    assert np.diff(components(10, pairs, 0.1, 300, must).starts).tolist() == [10]
    assert np.diff(components(10, pairs, 0.1, 5, must).starts).tolist() == [5, 5]


def test_decisions_on_unknown_records_are_ignored():
    found = decisions([("a", "?")], [("b", "a"), ("a", "b")], pa.array(["a", "b", "c"]))
    assert found.must.tolist() == [] and found.cannot.tolist() == [[0, 1]]
