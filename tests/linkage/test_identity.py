import hmac
from datetime import UTC, datetime, timedelta

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.linkage import person_ids as naming
from dagster_project.linkage.identity import reconcile
from dagster_project.linkage.ledger import (
    LedgerOutOfOrder,
    no_events,
    person_as_of,
    replay,
)
from dagster_project.linkage.person_ids import person_id, person_ids

KEY = b"kept elsewhere"
START = datetime(2026, 1, 1, tzinfo=UTC)


def current_links(events):
    return replay(events).person_of()


def run(events, partition, day=0):
    labels = {"client_record_id": [*partition], "cluster": [*partition.values()]}
    new = reconcile(
        replay(events),
        pa.table({name: pa.array(v, pa.string()) for name, v in labels.items()}),
        key=KEY,
        run_id=f"run{day}",
        model_id="m",
        at=START + timedelta(days=day),
    )
    return pa.concat_tables([events, new]), new


def history(*partitions):
    events = no_events()
    for day, partition in enumerate(partitions):
        events, new = run(events, partition, day)
    return events, [row["kind"] for row in new.to_pylist()]


partitions = st.lists(
    st.dictionaries(
        st.sampled_from([f"r{n}" for n in range(9)]), st.sampled_from("abcd")
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=100, deadline=None)
@given(partitions)
def test_the_ledger_always_says_what_the_partition_says(steps):
    events, minted = no_events(), []
    for day, partition in enumerate(steps):
        events, new = run(events, partition, day)
        links = current_links(events)
        assert links.keys() == partition.keys()
        pairs = {(links[r], cluster) for r, cluster in partition.items()}
        assert len(pairs) == len(set(partition.values())) == len(set(links.values()))
        minted += [r["person_id"] for r in new.to_pylist() if r["kind"] == "mint"]
        assert run(events, partition, day)[1].num_rows == 0, "the same again is nothing"
        renamed = {r: cluster * 2 for r, cluster in partition.items()}
        assert run(events, renamed, day)[1].num_rows == 0, "labels mean nothing"
    assert len(minted) == len(set(minted)), "no person_id is given twice"
    assert events["event_id"].to_pylist() == list(range(1, events.num_rows + 1))


@settings(max_examples=100, deadline=None)
@given(partitions)
def test_any_past_day_can_be_told(steps):
    events, states = no_events(), []
    for day, partition in enumerate(steps):
        events, _ = run(events, partition, day)
        states.append(current_links(events))
    for day, state in enumerate(states):
        assert person_as_of(events, START + timedelta(days=day, hours=1)) == state
    assert person_as_of(events, START - timedelta(days=1)) == {}


@settings(max_examples=100, deadline=None)
@given(partitions)
def test_a_person_goes_on_where_most_of_its_records_are(steps):
    events = no_events()
    for day, partition in enumerate(steps):
        before = current_links(events)
        events, _ = run(events, partition, day)
        after = current_links(events)
        shares: dict[tuple[str, str], int] = {}
        for record, person in before.items():
            if record in after:
                key = partition[record], person
                shares[key] = shares.get(key, 0) + 1
        for (cluster, person), count in shares.items():
            rivals = [
                n
                for (c, p), n in shares.items()
                if (c == cluster) != (p == person) and n >= count
            ]
            if not rivals:
                assert {after[r] for r in partition if partition[r] == cluster} == {
                    person
                }


@pytest.mark.parametrize(
    ("first", "then", "kinds"),
    [
        ({"a": "x", "b": "x"}, {"a": "x", "b": "x"}, []),
        ({"a": "x"}, {"a": "x", "b": "x"}, ["link"]),
        ({"a": "x"}, {"a": "x", "b": "y"}, ["mint", "link"]),
        ({"a": "x", "b": "y"}, {"a": "x", "b": "x"}, ["absorb", "unlink", "link"]),
        (
            {"a": "x", "b": "x", "c": "x"},
            {"a": "x", "b": "x", "c": "y"},
            ["mint", "split", "unlink", "link"],
        ),
        ({"a": "x", "b": "x"}, {"a": "x"}, ["unlink"]),
        ({"a": "x"}, {}, ["unlink"]),
    ],
)
def test_kinds_of_events(first, then, kinds):
    assert history(first, then)[1] == kinds


def test_a_tie_goes_to_the_older_person():
    events, _ = history({"a": "x"}, {"a": "x", "b": "y"}, {"a": "z", "b": "z"})
    older = person_as_of(events, START)["a"]
    assert set(current_links(events).values()) == {older}


def test_a_founder_that_leaves_founds_another_person():
    events, _ = history({"a": "x", "b": "x", "c": "x"}, {"a": "y", "b": "x", "c": "x"})
    links = current_links(events)
    assert links["b"] == links["c"] == person_id(KEY, "a")
    assert links["a"] == person_id(KEY, "a", taken={person_id(KEY, "a")}) != links["b"]


def test_a_person_id_is_the_hmac_of_its_founding_record():
    digest = hmac.new(KEY, b"hsh:hmis:1", "sha256").hexdigest()
    assert person_id(KEY, "hsh:hmis:1") == "p_" + digest[:20]
    assert person_id(b"another key", "hsh:hmis:1") != person_id(KEY, "hsh:hmis:1")


def test_time_does_not_run_backwards():
    events, _ = run(no_events(), {"a": "x"}, day=3)
    with pytest.raises(LedgerOutOfOrder, match="before the last event"):
        run(events, {"a": "x", "b": "x"}, day=2)


def test_many_are_named_as_one_by_one_whatever_their_order(monkeypatch) -> None:
    # With one hex digit names run out, so that two founders get the same one.
    monkeypatch.setattr(naming, "HEX_DIGITS", 1)
    founders = ["Zoë", "b7", "ана", "a1", "李"]
    taken: set[str] = set()
    expected = {}
    for founder in sorted(founders):
        expected[founder] = person_id(KEY, founder, taken)
        taken.add(expected[founder])
    plain = {founder: person_id(KEY, founder) for founder in founders}
    assert plain != expected  # a collision did happen
    for order in (founders, founders[::-1]):
        assert person_ids(KEY, order) == [expected[founder] for founder in order]
