"""Sex and middle names that differ beside an unlike forename: level, weight, count."""

import numpy as np
import pyarrow as pa
import pytest

from dagster_project.linkage.changed_names import PLACES, WITH_FORENAME, counted_once
from dagster_project.linkage.classes import start_table
from dagster_project.linkage.columns import read_columns
from dagster_project.linkage.compare import compare
from dagster_project.linkage.encode import encode
from dagster_project.linkage.fields import FIELDS, TERM_COLUMNS, field, level
from dagster_project.linkage.model import Model
from dagster_project.linkage.standardise import standardise

TOGETHER = "different_with_forename"


@pytest.mark.parametrize(
    ("name", "column", "left", "right", "expected"),
    [
        ("sex", "sex", ("Marisol", "F"), ("Mateo", "M"), TOGETHER),
        ("sex", "sex", ("Tyrell", "M"), ("Aaliyah", "F"), TOGETHER),
        ("sex", "sex", ("Marisol", "F"), ("Marisol", "M"), "different"),
        ("sex", "sex", ("Daniel", "M"), ("Danielle", "F"), "different"),
        ("sex", "sex", ("", "F"), ("Mateo", "M"), "different"),
        ("sex", "sex", ("Marisol", "F"), ("Mateo", "F"), "equal"),
        ("sex", "sex", ("Marisol", ""), ("Mateo", "M"), "missing"),
        ("middle", "middle_name", ("Bohdan", "Ivan"), ("Oksana", "Yulia"), TOGETHER),
        ("middle", "middle_name", ("Oksana", "Ivan"), ("Oksana", "Yulia"), "different"),
        ("middle", "middle_name", ("Bohdan", "Yulia"), ("Oksana", "Yulia"), "equal"),
        ("middle", "middle_name", ("Bohdan", "Y"), ("Oksana", "Yulia"), "initial"),
        ("middle", "middle_name", ("Bohdan", ""), ("Oksana", "Yulia"), "missing"),
    ],
)
def test_levels(name, column, left, right, expected):
    rows = [
        {"record_id": str(n), "first_name": first, "last_name": "Paz", column: value}
        for n, (first, value) in enumerate((left, right))
    ]
    encoded = encode(standardise(read_columns(pa.Table.from_pylist(rows))))
    both_ways = compare(encoded, np.array([0, 1]), np.array([1, 0]))[:, field(name)]
    words = ("missing", *FIELDS[field(name)].levels)
    assert [words[number] for number in both_ways] == [expected, expected]


def model(name: str, differs: float) -> Model:
    """Return a model in which such a field of one person's pairs differs so often."""
    place, different = field(name), level(name, "different")
    m, u = start_table(), start_table()[None].copy()
    for table, share in ((m, differs), (u[0], 0.5)):
        table[place, 1:] = 0.0
        table[place, 1], table[place, different] = 1.0 - share, share
    agreement = np.full((1, len(TERM_COLUMNS)), 0.01)
    prior = np.array([[1.0, 1e-4, 1e-5]])
    return Model(m, m, u, prior, agreement, 0.004, 0.02, 1.0, 30)


@pytest.mark.parametrize("name", WITH_FORENAME)
@pytest.mark.parametrize("differs", [0.002, 0.02, 0.3])
def test_one_change_does_not_speak_as_two_accidents(name, differs):
    weights = model(name, differs).weights()
    different = [level(name, "different"), level(name, TOGETHER)]
    alone, together = weights.match[0, field(name), different]
    assert alone == pytest.approx(np.log(differs / 0.5))
    assert together == pytest.approx(np.log(max(differs, WITH_FORENAME[name]) / 0.5))
    of_a_home = weights.household[0, field(name), different]
    assert of_a_home[0] == of_a_home[1]


@pytest.mark.parametrize("name", WITH_FORENAME)
def test_a_field_that_was_never_seen_says_nothing_at_any_level(name):
    unseen = Model(**{**vars(model(name, 0.02)), "seen": ("first", "last")}).weights()
    assert not unseen.match[0, field(name)].any()
    assert not unseen.household[0, field(name)].any()


def test_no_pair_is_lost_or_counted_twice():
    counts = np.arange(2.0 * len(FIELDS) * 10).reshape(2, len(FIELDS), 10)
    once = counted_once(counts)
    assert once.sum() == counts.sum()
    changed = [place for place, *_ in PLACES]
    for place, _, together, _ in PLACES:
        assert not once[:, place, together].any()
    others = [place for place in range(len(FIELDS)) if place not in changed]
    assert np.array_equal(once[:, others], counts[:, others])
