"""A pair's bars add up to its match weight, and say in words what they stand for."""

import numpy as np
import pyarrow as pa
import pytest

from dagster_project.linkage.chance import sample_chance
from dagster_project.linkage.columns import read_columns
from dagster_project.linkage.compare import compare
from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.contributions import (
    FIELD_WORDS,
    LEVEL_WORDS,
    RARE,
    explain_pair,
    level_words,
)
from dagster_project.linkage.encode import encode
from dagster_project.linkage.explain import explain
from dagster_project.linkage.fields import FIELDS
from dagster_project.linkage.frequencies import frequencies, term_values
from dagster_project.linkage.holders import others_hold
from dagster_project.linkage.link import decide
from dagster_project.linkage.model import Pairs, fit
from dagster_project.linkage.name_dependence import count_full_name_pairs
from dagster_project.linkage.standardise import standardise
from dagster_project.linkage.strata import strata
from dagster_project.linkage.trained import Counts, value_reader
from dagster_project.linkage.weights import log_odds
from tests.linkage.invented_town import invented_records

SYLLABLES = [a + b for a in "bdkmntrsl" for b in ("a", "e", "i", "o", "u")]


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
    weights = fit(training, sources, common, chances, names, 5).weights()
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
            np.arange(len(encoded.values)),
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
        ("last", "equal", -0.9, "surname equal"),
        ("dob", "one_slip", 0.0, "birth date: one digit off, or two exchanged"),
    ],
)
def test_a_level_is_told_in_words(field, level, rarity, words) -> None:
    assert level_words(field, level, rarity) == words
    alone = words.removesuffix(" (common)")
    assert level_words(field, level, rarity, others=False) == alone


def test_only_what_others_hold_is_called_common() -> None:
    # Everybody has an SSN, a telephone and an e-mail of their own, and two Mai Nguyễn
    # of one person share theirs with nobody, but their names with twenty others.
    rows = [
        {
            "record_id": f"{n:04}",
            "first_name": "Mai"
            if n < 22
            else f"{SYLLABLES[n % 37]}{SYLLABLES[n % 31]}",
            "last_name": "Nguyễn" if n < 22 else f"{SYLLABLES[n % 29]}{n % 11 * 'e'}m",
            "dob": f"19{30 + n % 61}-{1 + n % 12:02}-{1 + n % 28:02}",
            "ssn": f"{500110000 + 7919 * max(n, 1)}",
            "email": f"box{max(n, 1)}@example.org",
        }
        for n in range(600)
    ]
    run = decide(pa.Table.from_pylist(rows))
    weights, config = run.model.weights(), LinkConfig()
    words = {c.words for c in explain(run, config, 0, 1).comparisons}
    assert {"SSN equal", "e-mail equal"} <= words
    assert {"forename equal (common)", "surname equal (common)"} <= words
    told = explain_pair(
        weights, run.encoded, run.strata, run.log_frequency, 0, 1, np.arange(600)
    )
    rarity = {part.field: part.rarity_bits for part in told.fields}
    assert rarity["ssn"] <= -RARE, "the case is one in which rarity alone misleads"


@pytest.mark.parametrize(
    ("people", "others"),
    [
        ([0, 0, 1, 2], False),  # the pair is one person
        ([0, 1, 2, 3], False),  # or two, of one SSN
        ([0, 1, 2, 0], True),
    ],
)
def test_others_are_people_beside_the_pair(people, others) -> None:
    first = ["Ana", "Ana", "Ana" if others else "Bo", "Chidi"]
    table = pa.table({"record_id": list("abcd"), "first_name": first})
    encoded = encode(standardise(read_columns(table)))
    found = others_hold(encoded, np.array(people), "first", (0, 1))
    assert found == others


def test_a_model_may_know_of_others() -> None:
    table = pa.table({"record_id": ["a", "b"], "last_name": ["Nguyễn", "Nguyễn"]})
    encoded = encode(standardise(read_columns(table)))
    name = value_reader(encoded, "last")(int(term_values(encoded, "last")[0]))
    known = Counts(np.ones(1), 9.0, 0.5, {name: np.array([9.0])})
    nobody = Counts(np.ones(1), 9.0, 0.5, {})
    for counts, others in ((known, True), (nobody, False)):
        by = {"last": counts}
        assert others_hold(encoded, np.array([0, 1]), "last", (0, 1), by) == others


def test_every_field_has_words_and_no_word_is_of_a_level_that_is_not() -> None:
    assert set(FIELD_WORDS) == {field.name for field in FIELDS}
    assert set(LEVEL_WORDS) <= {name for field in FIELDS for name in field.levels}
