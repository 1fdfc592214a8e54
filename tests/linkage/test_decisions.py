from dataclasses import replace
from datetime import UTC, datetime

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.linkage.cluster import decisions as engine_decisions
from dagster_project.linkage.decisions import (
    CANNOT_LINK,
    MUST_LINK,
    Decision,
    contradictions,
    stand,
)

DAY = datetime(2026, 3, 1, tzinfo=UTC)
THEN = {"first_name": "1", "phone": "2"}


def decision(decision_id, kind, left, right, **more):
    said = {"reason": "seen", "decided_by": "Adaeze Eze", "decided_at": DAY}
    return Decision(decision_id, kind, left, right, **(said | more))


def must(decision_id, left, right, **more):
    return decision(decision_id, MUST_LINK, left, right, **more)


def cannot(decision_id, left, right, **more):
    return decision(decision_id, CANNOT_LINK, left, right, **more)


def statuses(decisions, records="abcdef"):
    standing = stand(decisions, {r: THEN for r in records})
    return {d.decision_id: d.status for d in standing.decisions}


def test_must_links_that_imply_what_a_cannot_link_forbids_are_all_laid_aside():
    taken = [
        must("d1", "a", "b"),
        must("d2", "b", "c"),
        must("d3", "c", "d"),
        cannot("d4", "a", "c"),
        must("d5", "e", "f"),
        cannot("d6", "a", "e"),
    ]
    assert statuses(taken) == {
        "d1": "contradictory",
        "d2": "contradictory",
        "d3": "active",
        "d4": "contradictory",
        "d5": "active",
        "d6": "active",
    }
    (found,) = contradictions(taken)
    assert str(found) == (
        "d1 (must-link a / b), d2 (must-link b / c), d4 (cannot-link a / c)"
    )
    standing = stand(taken, {r: THEN for r in "abcdef"})
    assert standing.pairs(MUST_LINK) == [("c", "d"), ("e", "f")]
    assert standing.pairs(CANNOT_LINK) == [("a", "e")]


def test_two_opposite_words_on_one_pair_contradict_each_other_in_either_order():
    taken = [must("d1", "a", "b"), cannot("d2", "b", "a")]
    assert set(statuses(taken).values()) == {"contradictory"}
    withdrawn = replace(taken[0], withdrawn_at=DAY, withdrawn_by="Ito")
    assert statuses([withdrawn, taken[1]]) == {"d1": "withdrawn", "d2": "active"}


def test_a_decision_on_a_record_that_is_gone_sleeps_and_wakes():
    taken = [must("d1", "a", "b"), cannot("d2", "a", "c")]
    assert statuses(taken, "ac") == {"d1": "dormant", "d2": "active"}
    assert statuses(taken, "abc") == {"d1": "active", "d2": "active"}
    standing = stand(taken, {r: THEN for r in "abc"}).without_thin({"c"})
    assert [d.status for d in standing.decisions] == ["active", "dormant"]


@pytest.mark.parametrize(
    ("kind", "now", "is_applied"),
    [
        (MUST_LINK, {"first_name": "1", "phone": "9"}, True),
        (MUST_LINK, {"first_name": "9", "phone": "2"}, False),
        (CANNOT_LINK, {"first_name": "9", "phone": "9"}, True),
    ],
)
def test_a_changed_record_asks_again(kind, now, is_applied):
    taken = decision("d1", kind, "a", "b", left_content=THEN, right_content=THEN)
    unchanged = stand([taken], {"a": THEN, "b": THEN}).decisions[0]
    assert (unchanged.status, unchanged.is_applied) == ("active", True)
    found = stand([taken], {"a": now, "b": THEN}).decisions[0]
    assert (found.status, found.is_applied) == ("to_review", is_applied)
    assert found.changed == tuple(c for c in sorted(THEN) if now[c] != THEN[c])


@given(
    st.lists(
        st.tuples(
            st.sampled_from([MUST_LINK, CANNOT_LINK]),
            st.sampled_from("abcdef"),
            st.sampled_from("abcdef"),
        ).filter(lambda told: told[1] != told[2]),
        max_size=12,
    )
)
def test_what_is_left_never_contradicts_itself(told):
    taken = [decision(f"d{n}", *words) for n, words in enumerate(told)]
    standing = stand(taken, {r: THEN for r in "abcdef"})
    # Raises when must-links imply what a cannot-link forbids.
    ids = pa.array(list("abcdef"))
    engine_decisions(standing.pairs(MUST_LINK), standing.pairs(CANNOT_LINK), ids)
    laid_aside = [d for d in standing.decisions if d.status == "contradictory"]
    assert bool(laid_aside) == bool(contradictions(taken))
    for found in standing.contradictions:
        assert contradictions([*found.must, found.cannot]), "each is one by itself"
