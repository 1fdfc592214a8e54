"""What a glance tells of two records, and what it is let leave out."""

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.made_up_people import made_up_people
from dagster_project.linkage import passes
from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.evaluate import evaluate
from dagster_project.linkage.filtering import (
    CELLS,
    GLANCE,
    MOST_LOST,
    UNSEEN_LINKS,
    cells,
    glances,
    worth_comparing,
)
from dagster_project.linkage.link import link
from dagster_project.linkage.tables import LinkResult
from tests.linkage.test_encode import encoded

LI = {
    "first_name": "Wei",
    "last_name": "Li",
    "dob": "1980-02-03",
    "ssn": "219-48-1234",
    "phone": "415-555-0134",
    "zip": "94102",
}

SAMPLED = LinkConfig(fit_pairs=60_000)
"""Settings under which a small town is filtered as a large file is."""


def cell(one: dict, two: dict) -> int:
    """Return the cell of two records, which their order must not change."""
    rows = glances(encoded(one, two))
    there, back = cells(rows, np.array([0, 1]), np.array([1, 0]))
    assert there == back
    return int(there)


@pytest.mark.parametrize(
    "changed",
    [
        {"first_name": "Wey"},  # sounds the same
        {"sex": "F"},
        {"address": "12 Larch Street"},
        {"email": "wei@example.org"},  # the telephone agrees
        {"city": "Oakland"},  # the ZIP code tells more
    ],
)
def test_a_glance_takes_these_for_the_same(changed):
    assert cell(LI, LI | changed) == cell(LI, LI)


def test_a_glance_tells_these_apart():
    others = [
        {},
        {"first_name": "Wanda"},
        {"first_name": "Zbigniew"},
        {"first_name": None},
        {"first_name": "Li", "last_name": "Wei"},
        {"last_name": "Larsson"},
        {"last_name": "Okafor"},
        {"dob": "1980-02-04"},
        {"dob": "1980-11-17"},
        {"dob": "1957-02-03"},
        {"dob": "1964-11-17"},
        {"dob": None},
        {"ssn": "650-12-7788"},
        {"ssn": None},
        {"phone": "415-555-0177"},
        {"phone": None},
        {"zip": "94110"},
        {"zip": None},
    ]
    found = [cell(LI, LI | other) for other in others]
    assert len(set(found)) == len(others)


numbers = st.integers(0, 3)
rows = st.tuples(*[numbers] * len(GLANCE.names))


@settings(max_examples=200, deadline=None)
@given(st.lists(rows, min_size=2, max_size=2))
def test_every_pair_has_a_cell_whatever_is_missing(two):
    table = np.array(two, GLANCE)
    there, back = cells(table, np.array([0, 1]), np.array([1, 0]))
    assert there == back
    assert 0 <= there < CELLS


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.tuples(st.integers(0, 9), st.floats(0.0, 1.0)), min_size=1, max_size=300
    )
)
def test_what_is_left_out_holds_few_links_and_the_poorest(sample):
    cell = np.array([number for number, _ in sample], np.int16)
    share = np.array([probability for _, probability in sample])
    worth = worth_comparing(cell, share)
    out = ~worth[cell]
    assert share[out].sum() <= MOST_LOST * share.sum()
    yields = {
        number: (share[cell == number].sum() + UNSEEN_LINKS) / (cell == number).sum()
        for number in set(cell.tolist())
    }
    least = min([yields[n] for n in yields if worth[n]], default=np.inf)
    assert all(yields[n] <= least for n in yields if not worth[n])
    assert worth[10:].all()  # nothing is known of cells that the sample has not met


def test_a_cell_of_which_little_was_seen_is_not_taken_for_empty():
    links, large, small = 1000, range(1, 6), range(6, 30)
    assert len(large) * UNSEEN_LINKS <= MOST_LOST * links
    sizes = [links, *[5000 for _ in large], *[20 for _ in small]]
    cell = np.repeat(np.arange(len(sizes), dtype=np.int16), sizes)
    share = np.where(cell == 0, 1.0, 0.0)
    left_out = np.flatnonzero(~worth_comparing(cell, share))
    assert left_out.tolist() == list(large)


@pytest.fixture(scope="module")
def town() -> tuple[pa.Table, list[str]]:
    table = made_up_people(6000, "full").sort_by("record_id")
    return table.drop_columns(["true_person"]), table["true_person"].to_pylist()


@pytest.fixture(scope="module")
def filtered(town) -> LinkResult:
    return link(town[0], config=SAMPLED)


def quality(result: LinkResult, person: list[str]) -> tuple[float, float]:
    """Return precision and recall of record pairs."""
    found = result.partition.sort_by("client_record_id")
    cluster = pc.coalesce(found["cluster"], found["client_record_id"]).to_pylist()
    of_pairs = evaluate(cluster, person).pairwise
    return of_pairs.precision, of_pairs.recall


def test_a_filtered_file_ends_where_an_unfiltered_one_does(town, filtered, monkeypatch):
    records, person = town
    monkeypatch.setattr(passes, "WORTH_FILTERING", np.inf)
    everything = link(records, config=SAMPLED)
    left_out = sum(filtered.blocking_report["pairs_filtered"].to_pylist())
    assert sum(everything.blocking_report["pairs_filtered"].to_pylist()) == 0
    assert filtered.compared + left_out == everything.compared
    assert left_out > 0.4 * everything.compared
    assert quality(filtered, person) == pytest.approx(
        quality(everything, person), abs=5e-4
    )


def test_a_filter_keeps_the_bytes_whatever_the_order_of_the_rows(town, filtered):
    records, _ = town
    order = np.random.default_rng(5).permutation(len(records))
    other = link(records.take(order), config=SAMPLED)
    assert filtered.partition.equals(other.partition)
    assert filtered.candidate_pairs.equals(other.candidate_pairs)
    assert filtered.blocking_report.equals(other.blocking_report)
