from itertools import combinations

import numpy as np
import pytest

from dagster_project.linkage.chance import (
    chance,
    count_levels,
    level_mask,
    sample_chance,
)
from dagster_project.linkage.columns import read_columns
from dagster_project.linkage.compare import compare
from dagster_project.linkage.encode import encode
from dagster_project.linkage.fields import TERM_COLUMNS, field
from dagster_project.linkage.frequencies import frequencies
from dagster_project.linkage.standardise import standardise
from dagster_project.linkage.strata import strata
from tests.linkage.invented_town import invented_records


@pytest.fixture(scope="module")
def small():
    standard = standardise(read_columns(invented_records(40, seed=9)[0]))
    encoded = encode(standard)
    sources = strata(standard.source.codes, standard.source.values)
    return encoded, sources


def test_closed_forms_equal_counting_every_pair(small):
    encoded, sources = small
    counts = frequencies(encoded, sources)
    pairs = np.array(list(combinations(range(len(encoded.values)), 2)))
    left, right = pairs.T
    stratum = sources.of_pairs(left, right)
    assert np.bincount(stratum, minlength=sources.count).tolist() == (
        sources.pairs.tolist()
    )
    for name in ("phone", "ssn", "birth_date", "zip"):
        values = encoded.column(name)
        both = (values[left] > 0) & (values[right] > 0)
        equal = both & (values[left] == values[right])
        place = TERM_COLUMNS.index(name)
        for table, chosen in ((counts.agreeing, equal), (counts.present, both)):
            counted = np.bincount(stratum[chosen], minlength=sources.count)
            assert table[:, place].tolist() == counted.tolist()


def test_a_small_stratum_is_counted_whole_and_u_is_a_probability(small):
    encoded, sources = small
    sample = sample_chance(encoded, sources, frequencies(encoded, sources), seed=1)
    pairs = np.array(list(combinations(range(len(encoded.values)), 2)))
    left, right = pairs.T
    counts = count_levels(
        compare(encoded, left, right), sources.of_pairs(left, right), sources.count
    )
    assert sample.compared.tolist() == counts[:, :, 1:].sum(2).tolist()
    u = chance(sample, None)
    assert np.allclose((u * level_mask()).sum(2), 1.0)


def test_taking_the_matches_out_lowers_chance_agreement(small):
    encoded, sources = small
    sample = sample_chance(encoded, sources, frequencies(encoded, sources), seed=1)
    matches = np.zeros_like(sample.levels)
    matches[:, field("dob"), 1] = sample.levels[:, field("dob"), 1] * 0.9
    before, after = chance(sample, None), chance(sample, matches)
    assert (after[:, field("dob"), 1] < before[:, field("dob"), 1]).all()
    assert np.array_equal(after[:, field("sex")], before[:, field("sex")])


def test_frequencies_may_count_people_instead_of_records(small):
    encoded, sources = small
    phones = encoded.column("phone")
    values, counts = np.unique(phones[phones > 0], return_counts=True)
    common = values[np.argmax(counts)]
    weights = np.where(phones == common, 1.0 / counts.max(), 1.0)
    place = TERM_COLUMNS.index("phone")
    records = frequencies(encoded, sources).log_frequency[phones == common, place]
    people = frequencies(encoded, sources, weights).log_frequency[
        phones == common, place
    ]
    assert (people < records).all()
