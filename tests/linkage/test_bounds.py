import numpy as np
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.made_up_people import made_up_people
from dagster_project.linkage.bounds import (
    LEAST,
    LEAST_OF_A_HOME,
    MOST,
    believed_share,
    home_within_bounds,
    most,
    told_by_pairs,
    within_bounds,
)
from dagster_project.linkage.chance import level_mask
from dagster_project.linkage.evaluate import evaluate
from dagster_project.linkage.fields import FIELD_COUNT, LEVEL_SLOTS, field, level
from dagster_project.linkage.link import link

EXISTS = level_mask()
CELLS = FIELD_COUNT * LEVEL_SLOTS
counts = st.lists(st.floats(0.0, 1e6), min_size=CELLS, max_size=CELLS).map(
    lambda flat: np.array(flat).reshape(FIELD_COUNT, LEVEL_SLOTS) * EXISTS
)


def pairs(**fields: dict[str, float]) -> np.ndarray:
    """Return [field, level] counts."""
    table = np.zeros((FIELD_COUNT, LEVEL_SLOTS))
    for name, levels in fields.items():
        for level_name, count in levels.items():
            table[field(name), level(name, level_name)] = count
    return table


@settings(max_examples=200, deadline=None)
@given(counts)
def test_levels_are_held_and_stay_shares(table):
    shares = (table + 1e-9 * EXISTS) / (table + 1e-9 * EXISTS).sum(1, keepdims=True)
    held = within_bounds(shares)
    assert held.sum(1) == pytest.approx(np.ones(FIELD_COUNT))
    for name, levels in MOST.items():
        for level_name, bound in levels.items():
            least = LEAST.get(name, {}).get(level_name, 0.0)
            share = held[field(name), level(name, level_name)]
            assert least - 1e-12 <= share <= bound + 1e-12
    assert within_bounds(held) == pytest.approx(held)


@settings(max_examples=200, deadline=None)
@given(counts)
def test_what_is_believed_keeps_the_bounds(table):
    believed = believed_share(table)
    assert 0.0 <= believed <= 1.0 + 1e-12
    # The borrowed pairs are fewer beside more of a file's own.
    assert believed_share(table * 3) <= believed + 1e-12


@settings(max_examples=200, deadline=None)
@given(counts, counts)
def test_a_home_shares_what_homes_share(home, person):
    home, person = (
        (table + 1e-9 * EXISTS) / (table + 1e-9 * EXISTS).sum(1, keepdims=True)
        for table in (home, person)
    )
    held = home_within_bounds(home, person)
    assert held.sum(1) == pytest.approx(np.ones(FIELD_COUNT))
    assert (held >= 0).all()
    for name, least in LEAST_OF_A_HOME.items():
        place = field(name)
        assert held[place, 1] >= least * person[place, 1] - 1e-12
        if home[place, 1] >= least * person[place, 1]:
            assert held[place] == pytest.approx(home[place])


def test_ordinary_errors_are_all_believed():
    table = pairs(
        first={"equal": 85, "nickname": 6, "close": 5, "different": 4},
        dob={"equal": 90, "one_slip": 7, "different": 3},
        sex={"equal": 98, "different": 2},
    )
    assert believed_share(table) == pytest.approx(1.0)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_only_pairs_of_a_small_file_are_believed_though_all_err(count):
    assert believed_share(pairs(dob={"one_slip": count})) > 0.8


def test_of_sixty_people_and_a_crowd_the_people_are_believed():
    table = pairs(dob={"equal": 60, "different": 940})
    # t = 60 + 5 + .05 t
    assert believed_share(table) * 1005 == pytest.approx(65 / 0.95)


def test_a_field_that_few_pairs_know_tells_nothing_of_the_others():
    table = pairs(
        last={"equal": 1000}, ssn={"equal": 10, "different": 90}, dob={"equal": 1000}
    )
    assert believed_share(table) == 1.0


def test_no_pairs_at_all_are_no_trouble():
    assert believed_share(np.zeros((FIELD_COUNT, LEVEL_SLOTS))) == 1.0


def test_a_file_whose_ssns_tell_who_is_who_is_believed() -> None:
    table = pairs(
        first={"equal": 80, "different": 20},
        dob={"equal": 90, "different": 10},
        ssn={"equal": 100},
    )
    shares = table / np.maximum(table.sum(1, keepdims=True), 1)
    place = field("first"), level("first", "different")
    assert believed_share(table) < 0.95
    assert within_bounds(shares)[place] == MOST["first"]["different"]
    assert believed_share(table, told=1.0) == 1.0
    assert within_bounds(shares, told=1.0)[place] == pytest.approx(0.2)


def test_ssns_and_suffixes_are_held_in_every_file() -> None:
    held = most(told=1.0)
    assert held["dob"]["different"] == held["first"]["different"] == 1.0
    for name in ("ssn", "ssn_last4", "suffix"):
        assert held[name] == MOST[name]


@pytest.mark.parametrize(
    ("pairs_per_record", "believed"), [(0.5, 0.0), (1.0, 0.0), (1.5, 0.5), (9.0, 1.0)]
)
def test_many_pairs_per_record_are_believed_about_their_errors(
    pairs_per_record, believed
):
    assert told_by_pairs(200 * pairs_per_record, 200) == pytest.approx(believed)
    assert most(believed)["suffix"] == MOST["suffix"]


def test_people_who_are_met_again_and_again_tell_how_often_their_fields_differ():
    """Under the bounds, .68 of these pairs were found."""
    table = made_up_people(4000, "historical", noise=3.0)
    found = link(table.drop_columns(["true_person"])).partition
    both = table.join(found, "record_id", "client_record_id")
    cluster = pc.coalesce(both["cluster"], both["record_id"])
    judged = evaluate(cluster.to_numpy(), both["true_person"].to_numpy()).pairwise
    assert judged.precision > 0.95 and judged.recall > 0.75
