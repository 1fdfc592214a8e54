"""A pair's bars add up to its match weight, and say in words what they stand for."""

import numpy as np
import pytest

from dagster_project.linkage.chance import sample_chance
from dagster_project.linkage.columns import read_columns
from dagster_project.linkage.compare import compare
from dagster_project.linkage.contributions import (
    FIELD_WORDS,
    LEVEL_WORDS,
    explain_pair,
    level_words,
)
from dagster_project.linkage.encode import encode
from dagster_project.linkage.fields import FIELDS
from dagster_project.linkage.frequencies import frequencies
from dagster_project.linkage.model import Pairs, fit
from dagster_project.linkage.name_dependence import count_full_name_pairs
from dagster_project.linkage.standardise import standardise
from dagster_project.linkage.strata import strata
from dagster_project.linkage.weights import log_odds
from tests.linkage.invented_town import invented_records


def test_the_bars_of_a_pair_add_up_to_its_match_weight() -> None:
    table, _ = invented_records(60)
    standard = standardise(read_columns(table))
    encoded = encode(standard)
    sources = strata(standard.source.codes, standard.source.values)
    common = frequencies(encoded, sources)
    left, right = np.triu_indices(120, 1)
    levels = compare(encoded, left, right)
    training = Pairs(levels, left, right, sources.of_pairs(left, right), 1.0)
    chances = sample_chance(encoded, sources, common, 1)
    names = count_full_name_pairs(encoded)
    weights = fit(training, sources, common, chances, names, most_steps=5).weights()
    scores = log_odds(
        weights, levels, left, right, training.stratum, common.log_frequency
    )
    likeliest = np.argsort(-scores)[:40].tolist() + list(range(0, len(left), 500))
    for place in likeliest:
        shown = explain_pair(
            weights,
            encoded,
            sources,
            common.log_frequency,
            int(left[place]),
            int(right[place]),
        )
        assert shown.match_weight == pytest.approx(scores[place] / np.log(2), abs=1e-3)
        assert shown.household <= 0
        assert len(shown.fields) == np.count_nonzero(levels[place])


@pytest.mark.parametrize(
    ("field", "level", "rarity", "words"),
    [
        ("last", "equal", 4.0, "surname equal (rare)"),
        ("last", "equal", -2.0, "surname equal (common)"),
        ("first", "nickname", 0.2, "forename nickname"),
        ("dob", "one_slip", 0.0, "birth date: one digit off, or two exchanged"),
    ],
)
def test_a_level_is_told_in_words(field, level, rarity, words) -> None:
    assert level_words(field, level, rarity) == words


def test_every_field_has_words_and_no_word_is_of_a_level_that_is_not() -> None:
    assert set(FIELD_WORDS) == {field.name for field in FIELDS}
    assert set(LEVEL_WORDS) <= {name for field in FIELDS for name in field.levels}
