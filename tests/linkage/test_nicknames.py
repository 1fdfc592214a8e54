"""The list of short forms, and that none of it is lost on the way to the kernels."""

import csv
from importlib.resources import files

import pytest

from dagster_project.linkage.names import fold
from dagster_project.linkage.nicknames import CANONICALS, canonical_names


def test_the_list_is_in_order_and_written_as_names_are_compared():
    source = files("dagster_project.linkage") / "data" / "nicknames.csv"
    with source.open(encoding="utf-8", newline="") as lines:
        rows = [tuple(row) for row in list(csv.reader(lines))[1:]]
    assert rows == sorted(set(rows))
    assert all(fold(name) == name and " " not in name for row in rows for name in row)
    assert all(name != nickname for name, nickname in rows)


def test_there_is_room_for_all_that_a_forename_may_stand_for():
    assert max(map(len, canonical_names().values())) <= CANONICALS


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("art", "arthur"),
        ("abby", "abigail"),
        ("dima", "dmytro"),
        ("sasha", "oleksandr"),
        ("gosia", "malgorzata"),
        ("kate", "yekaterina"),
        ("peppe", "giuseppe"),
        ("yannis", "ioannis"),
        ("alex", "alexander"),
        ("lupe", "guadalupe"),
        ("bob", "bobby"),
    ],
)
def test_a_short_form_may_stand_for_the_name(one, other):
    known = canonical_names()
    assert set(known[one]) & set(known[other])


@pytest.mark.parametrize(("one", "other"), [("dima", "kolya"), ("will", "kate")])
def test_short_forms_of_other_names_do_not(one, other):
    known = canonical_names()
    assert not set(known[one]) & set(known[other])
