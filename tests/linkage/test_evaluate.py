from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.linkage.evaluate import evaluate

labels = st.lists(
    st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=1, max_size=25
)


@given(labels)
def test_measures_equal_their_definitions(both):
    found, truth = [f for f, _ in both], [t for _, t in both]
    pairs = list(combinations(range(len(both)), 2))
    made = {p for p in pairs if found[p[0]] == found[p[1]]}
    real = {p for p in pairs if truth[p[0]] == truth[p[1]]}
    result = evaluate(found, truth)
    assert (result.found_pairs, result.true_pairs) == (len(made), len(real))
    assert result.right_pairs == len(made & real)
    if made:
        assert result.pairwise.precision == pytest.approx(len(made & real) / len(made))
    shares = [
        sum(f == found[i] and t == truth[i] for f, t in both) / found.count(found[i])
        for i in range(len(both))
    ]
    assert result.b_cubed.precision == pytest.approx(sum(shares) / len(shares))


def test_what_is_equal_is_perfect_and_one_heap_has_full_recall():
    assert evaluate(["x", "x", "y"], [7, 7, 8]).pairwise.f1 == 1.0
    heap = evaluate([0, 0, 0, 0], [1, 1, 2, 2])
    assert heap.pairwise.recall == heap.b_cubed.recall == 1.0
    assert heap.pairwise.precision == pytest.approx(1 / 3)
