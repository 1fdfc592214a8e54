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


def chain(*log_odds) -> Scored:
    """Return pairs of each record and the next."""
    left = np.arange(len(log_odds))
    empty = np.zeros((len(left), 1)), np.zeros(len(left))
    return Scored(left, left + 1, *empty, np.array(log_odds))


SURE, WEAK = logit(0.9999), logit(0.2)
NONE, ALL = np.zeros((0, 2), np.int64), np.ones(10, bool)


def test_a_large_component_loses_its_weak_edges_until_its_pieces_are_small():
    pairs = chain(*[SURE] * 4, WEAK, *[SURE] * 4)
    alone = np.arange(10)
    whole = components(pairs, 0.1, 300, NONE, alone, ALL)
    assert np.diff(whole.starts).tolist() == [10] and not whole.cut.any()
    pieces = components(pairs, 0.1, 5, NONE, alone, ALL)
    assert np.diff(pieces.starts).tolist() == [5, 5] and pieces.cut.all()


def test_a_component_is_as_large_as_the_clusters_it_begins_with_are_many():
    pairs = chain(*[SURE] * 4, WEAK, *[SURE] * 4)
    clusters = np.array([0, 0, 0, 3, 3, 5, 6, 6, 5, 5])
    found = components(pairs, 0.1, 4, NONE, clusters, ALL)
    assert found.of.tolist() == [0, 0, 0, 1, 1, 2, 3, 3, 2, 2] and not found.cut.any()
    assert components(pairs, 0.1, 3, NONE, clusters, ALL).cut.all()
    few = np.arange(10) < 5
    found = components(pairs, 0.1, 3, NONE, clusters, few)
    assert found.records.tolist() == [0, 1, 2, 3, 4] and not found.cut.any()


def test_however_few_clusters_a_component_has_not_any_number_of_records():
    one_person = np.zeros(10, np.int64)
    pairs = chain(*[SURE] * 9)
    assert components(pairs, 0.1, 1, NONE, one_person, ALL).cut.all()
    assert not components(pairs, 0.1, 2, NONE, one_person, ALL).cut.any()


def test_decisions_on_unknown_records_are_ignored():
    found = decisions([("a", "?")], [("b", "a"), ("a", "b")], pa.array(["a", "b", "c"]))
    assert found.must.tolist() == [] and found.cannot.tolist() == [[0, 1]]
