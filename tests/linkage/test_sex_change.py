"""A sex that differs beside an unlike forename: its level, its weight, its count."""

import numpy as np
import pyarrow as pa
import pytest

from dagster_project.linkage.classes import start_table
from dagster_project.linkage.columns import read_columns
from dagster_project.linkage.compare import compare
from dagster_project.linkage.encode import encode
from dagster_project.linkage.fields import FIELDS, TERM_COLUMNS, field
from dagster_project.linkage.model import Model
from dagster_project.linkage.sex_change import (
    DIFFERENT,
    DIFFERENT_WITH_FORENAME,
    SEX,
    WITH_FORENAME,
    sex_counted_once,
)
from dagster_project.linkage.standardise import standardise


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [
        (("Marisol", "F"), ("Mateo", "M"), "different_with_forename"),
        (("Tyrell", "M"), ("Aaliyah", "F"), "different_with_forename"),
        (("Marisol", "F"), ("Marisol", "M"), "different"),
        (("Daniel", "M"), ("Danielle", "F"), "different"),
        (("", "F"), ("Mateo", "M"), "different"),
        (("Marisol", "F"), ("Mateo", "F"), "equal"),
        (("Marisol", ""), ("Mateo", "M"), "missing"),
    ],
)
def test_levels(left, right, expected):
    rows = [
        {"record_id": str(n), "first_name": first, "last_name": "Paz", "sex": sex}
        for n, (first, sex) in enumerate((left, right))
    ]
    encoded = encode(standardise(read_columns(pa.Table.from_pylist(rows))))
    both_ways = compare(encoded, np.array([0, 1]), np.array([1, 0]))[:, SEX]
    words = ("missing", *FIELDS[SEX].levels)
    assert [words[number] for number in both_ways] == [expected, expected]


def model(differs: float) -> Model:
    """Return a model in which the sex of one person's pairs differs so often."""
    m = start_table()
    m[SEX, 1], m[SEX, DIFFERENT], m[SEX, DIFFERENT_WITH_FORENAME] = (
        1.0 - differs,
        differs,
        0.0,
    )
    u = start_table()[None].copy()
    u[:, SEX, 1:] = 0.0
    u[:, SEX, 1], u[:, SEX, DIFFERENT] = 0.5, 0.5
    agreement = np.full((1, len(TERM_COLUMNS)), 0.01)
    prior = np.array([[1.0, 1e-4, 1e-5]])
    return Model(m, m, u, prior, agreement, 0.004, 0.02, 1.0, 30)


@pytest.mark.parametrize(("differs", "told"), [(0.02, WITH_FORENAME), (0.3, 0.3)])
def test_the_two_do_not_speak_as_two_accidents(differs, told):
    weights = model(differs).weights()
    alone, both = weights.match[0, SEX, [DIFFERENT, DIFFERENT_WITH_FORENAME]]
    assert alone == pytest.approx(np.log(differs / 0.5))
    assert both == pytest.approx(np.log(told / 0.5))
    home = weights.household[0, SEX]
    assert home[DIFFERENT_WITH_FORENAME] == home[DIFFERENT]


def test_a_field_that_was_never_seen_says_nothing_at_any_level():
    unseen = model(0.02)
    unseen = Model(**{**vars(unseen), "seen": ("first", "last")}).weights()
    assert not unseen.match[0, SEX].any() and not unseen.household[0, SEX].any()


def test_no_pair_is_lost_or_counted_twice():
    counts = np.arange(2.0 * len(FIELDS) * 10).reshape(2, len(FIELDS), 10)
    once = sex_counted_once(counts)
    assert once.sum() == counts.sum()
    assert not once[:, SEX, DIFFERENT_WITH_FORENAME].any()
    others = [place for place in range(len(FIELDS)) if place != SEX]
    assert np.array_equal(once[:, others], counts[:, others])
    assert field("sex") == SEX
