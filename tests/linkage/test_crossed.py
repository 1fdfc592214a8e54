"""How often strangers' names seem to have changed places, and what that is worth."""

import random

import numpy as np
import pyarrow as pa
import pytest

from dagster_project.linkage.chance import chance, sample_chance
from dagster_project.linkage.columns import read_columns
from dagster_project.linkage.compare import compare
from dagster_project.linkage.crossed import UNSEEN, crossed_pairs
from dagster_project.linkage.encode import Encoded, encode
from dagster_project.linkage.fields import FIELD_COUNT, TERM_COLUMNS, field, level
from dagster_project.linkage.frequencies import frequencies
from dagster_project.linkage.link import link
from dagster_project.linkage.model import Model, Pairs, fit
from dagster_project.linkage.name_dependence import count_full_name_pairs
from dagster_project.linkage.standardise import standardise
from dagster_project.linkage.strata import Strata, strata
from dagster_project.linkage.weights import pair_frequencies

FIRST, SWAPPED = field("first"), level("first", "swapped")
EITHER = ("Mary", "Lan", "Hassan", "Wei", "Carmen", "Thomas", "Amina", "Jorge")
"""Names that are forename and surname."""
FORENAMES = ("Zofia", "Kwame", "Sione", "Ingrid", "Xóchitl", "Yusuf", "Dmytro")
SURNAMES = ("Brown", "Nguyễn", "Okafor", "Lindqvist", "Haddad", "Taufa")


def town(people: int, crossing: float, seed: int = 3) -> pa.Table:
    """Return strangers, a share of whom bear two names that stand in both places."""
    draw, rows = random.Random(seed), []
    for number in range(people):
        if draw.random() < crossing:
            first, last = draw.sample(EITHER, 2)
        else:
            first, last = draw.choice(FORENAMES), draw.choice(SURNAMES)
        rows.append(
            {
                "record_id": f"r{number:05}",
                "source": "ab"[number % 2],
                "first_name": first,
                "last_name": last,
                "address": f"{draw.randint(1, 9999)} Larch Street",
            }
        )
    return pa.Table.from_pylist(rows)


def read(table: pa.Table) -> Encoded:
    return encode(standardise(read_columns(table)))


@pytest.mark.parametrize("crossing", [0.05, 0.3])
def test_it_is_as_many_as_a_count_of_all_pairs_finds(crossing):
    encoded = read(town(1200, crossing))
    sources = strata(np.arange(1200) % 2, ["a", "b"])
    left, right = np.triu_indices(1200, 1)
    levels = compare(encoded, left.astype(np.int32), right.astype(np.int32))
    found = levels[:, FIRST] == SWAPPED
    counted = np.bincount(sources.of_pairs(left, right), found, minlength=3)
    assert counted.min() > 5
    assert crossed_pairs(encoded, sources, 1) == pytest.approx(counted, rel=0.15)


def test_no_name_stands_in_both_places():
    encoded = read(town(300, 0.0))
    assert not crossed_pairs(encoded, strata(np.zeros(300, np.int64), ["a"]), 1).any()


def test_what_nobody_drew_is_possible():
    table = pa.Table.from_pylist(
        [
            {"record_id": "1", "first_name": "Lan", "last_name": "Vo"},
            {"record_id": "2", "first_name": "Vo", "last_name": "Hung"},
        ]
    )
    found = crossed_pairs(read(table), strata(np.zeros(2, np.int64), ["a"]), 1)
    assert 0.0 < found[0] <= UNSEEN


def test_chance_knows_what_a_sample_of_all_pairs_seldom_meets():
    encoded = read(town(3000, 0.1))
    one = strata(np.zeros(3000, np.int64), ["a"])
    sample = sample_chance(encoded, one, frequencies(encoded, one), 1)
    u = chance(sample, None)[0, FIRST, SWAPPED]
    assert u == pytest.approx(crossed_pairs(encoded, one, 1)[0] / one.pairs[0], rel=0.2)


def test_both_names_tell_how_common_exchanged_names_are():
    encoded = read(town(400, 0.5))
    one = strata(np.zeros(400, np.int64), ["a"])
    common = frequencies(encoded, one)
    pair = np.array([0]), np.array([1])
    levels = np.zeros((1, FIELD_COUNT), np.uint8)
    levels[0, FIRST] = SWAPPED
    table = town_model(encoded, one).weights()
    told = pair_frequencies(table, levels, *pair, common.log_frequency)[0, FIRST]
    first, last = (TERM_COLUMNS.index(name) for name in ("first", "last"))
    more_common = common.log_frequency[:2].max(0)
    assert told == pytest.approx(more_common[first] + more_common[last])
    assert table.high[FIRST, SWAPPED] == 0.0


def town_model(encoded: Encoded, one: Strata) -> Model:
    """Return a model of a town, fitted on all of its pairs."""
    left, right = (part.astype(np.int64) for part in np.triu_indices(400, 1))
    pairs = Pairs(
        compare(encoded, left, right), left, right, one.of_pairs(left, right), 1.0
    )
    common = frequencies(encoded, one)
    chances = sample_chance(encoded, one, common, 1)
    return fit(pairs, one, common, chances, count_full_name_pairs(encoded), 5)


def test_strangers_of_common_names_that_cross_stay_two():
    strangers = town(5000, 0.01, seed=5)
    clusters = link(strangers).partition["cluster"].to_pylist()
    known = [cluster for cluster in clusters if cluster is not None]
    assert len(known) - len(set(known)) <= 2
