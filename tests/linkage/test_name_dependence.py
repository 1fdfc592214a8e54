"""How much more often than by chance two people share both names.

Belongs here: the factor, and what it changes. Does not belong here: whom it keeps two
in a whole file (``test_bounds``).
"""

import numpy as np
import pyarrow as pa
import pytest

from dagster_project.linkage.chance import level_mask
from dagster_project.linkage.columns import read_columns
from dagster_project.linkage.encode import Encoded, encode
from dagster_project.linkage.fields import FIELD_COUNT, LEVEL_SLOTS, TERM_COLUMNS, field
from dagster_project.linkage.model import Model
from dagster_project.linkage.name_dependence import (
    BORROWED_PAIRS,
    MOST,
    FullNamePairs,
    count_full_name_pairs,
    name_dependence,
)
from dagster_project.linkage.standardise import standardise

SHARES = level_mask() / level_mask().sum(1, keepdims=True)


def encoded(rows: list[tuple], phones: list[str | None] | None = None) -> Encoded:
    """Return records of forename, surname, birth date and address, and a telephone."""
    names = ("first_name", "last_name", "dob", "address")
    columns = dict(zip(names, zip(*rows, strict=True), strict=True))
    ids = [f"r{number}" for number in range(len(rows))]
    columns["phone"] = phones or [None] * len(rows)
    table = {name: pa.array(column, pa.string()) for name, column in columns.items()}
    return encode(standardise(read_columns(pa.table({"record_id": ids, **table}))))


KWAME = ("Kwame", "Mensah", "1960-04-02", "12 Larch Street")


def test_pairs_of_one_full_name_are_told_apart_by_their_birth_dates():
    rows = [KWAME, KWAME, ("Kwame", "Mensah", "1971-08-30", "12 Larch Street")]
    pairs = count_full_name_pairs(encoded([*rows, ("Ama", "Mensah", None, None)]))
    assert pairs == FullNamePairs(3.0, 1.0, 2.0)


def test_where_hardly_anyone_has_a_date_they_are_told_apart_by_their_homes():
    rows = [(*KWAME[:2], None, street) for street in ("12 Larch St", "12 Larch St")]
    rows += [(*KWAME[:2], None, "9 Elder Street"), (*KWAME[:2], None, None), KWAME]
    pairs = count_full_name_pairs(encoded(rows))
    assert pairs == FullNamePairs(6.0, 3.0, 3.0, errors=1.0)


@pytest.mark.parametrize(
    ("rows", "moved", "stayed"),
    [
        ([("555-0142", "12 Larch St"), ("555-0142", "9 Elder St")], 1, 0),
        ([("555-0142", "12 Larch St"), ("555-0142", "12 Larch St")], 0, 1),
        ([("555-0142", "12 Larch St"), ("555-0177", "9 Elder St")], 0, 0),
        ([("555-0142", "12 Larch St"), ("555-0142", None)], 0, 0),
        ([("555-0142", "12 Larch St"), (None, "9 Elder St")], 0, 0),
        ([("555-0142", f"{n // 2} Larch St") for n in range(4)], 4, 2),
    ],
)
def test_how_often_people_move_is_read_off_telephones(rows, moved, stayed):
    names = [("Kwame", "Mensah", None, street) for _, street in rows]
    phones = [phone for phone, _ in rows]
    other = [("Ama", "Mensah", None, "1 Ash St"), ("Kofi", "Sarpong", None, "2 Ash St")]
    pairs = count_full_name_pairs(
        encoded([*names, *other], [*phones, "555-0142", None])
    )
    expected = (BORROWED_PAIRS + moved) / (BORROWED_PAIRS + stayed)
    assert pairs.errors == pytest.approx(expected)


@pytest.mark.parametrize(
    ("equal", "other", "factor"),
    [
        (100.0, 100.0, 1.0),  # as many moved as stayed: nobody need be a namesake
        (100.0, 90.0, 1.0),
        (0.0, 4 * 990.0, 4 * 990 / 1000 + 0.01),
        (500.0, 500 + 1990.0, 2.0),
        (0.0, 1e9, MOST),
    ],
)
def test_half_of_a_persons_homes_may_be_others(equal, other, factor):
    u = SHARES.copy()
    u[field("first"), 1] = u[field("last"), 1] = 0.01
    expected = 1000.0 - BORROWED_PAIRS
    pairs = FullNamePairs(expected / 1e-4, equal, other, errors=1.0)
    assert name_dependence(pairs, SHARES, u) == pytest.approx(factor)


def test_it_makes_chance_more_frequent_and_nothing_else():
    """One person, a home, its namesakes and twins lose the same over chance."""
    shape = FIELD_COUNT, LEVEL_SLOTS
    u = np.broadcast_to(SHARES, (1, *shape))
    agreement = np.full((1, len(TERM_COLUMNS)), 0.01)
    prior = np.array([[1.0, 1e-4, 1e-5]])
    plain, dependent = (
        Model(SHARES, SHARES, u, prior, agreement, 0.004, 0.02, factor, 1).weights()
        for factor in (1.0, 8.0)
    )
    place = field("full_name")
    for one, other in (
        (plain.match, dependent.match),
        (plain.household, dependent.household),
    ):
        lost = one - other
        assert lost[0, place, 1] == pytest.approx(np.log(8.0))
        lost[0, place, 1] = 0.0
        assert not lost.any()
