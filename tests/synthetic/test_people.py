from dataclasses import fields

import numpy as np
import pytest

from dagster_project.synthetic import parameters
from dagster_project.synthetic.city import People
from dagster_project.synthetic.codes import HOUSEHOLD_ROLES, KIN_KINDS
from dagster_project.synthetic.people import DAY_ZERO_SINCE_EPOCH, make_people


@pytest.fixture(scope="module")
def people() -> People:
    return make_people(parameters.load(), 3_500, seed=7)


@pytest.mark.parametrize("more", [3_501, 3_700])
def test_more_people_change_nobody(people, more):
    larger = make_people(parameters.load(), more, seed=7)
    for field in fields(People):
        left = getattr(people, field.name)
        assert (left == getattr(larger, field.name)[:3_500]).all(), field.name


def _age(people: People) -> np.ndarray:
    return (DAY_ZERO_SINCE_EPOCH - people.birth_day) / 365.25


def test_children_live_in_households_and_adults_are_of_age(people):
    child = people.household_role == HOUSEHOLD_ROLES.index("child")
    assert (_age(people)[child] < 18).all()
    assert (people.household[child] >= 0).all()
    assert (_age(people)[~child] >= 16).all()
    head = people.household[child]
    assert (_age(people)[head] - _age(people)[child] > 14).all()


@pytest.mark.parametrize(
    ("kind", "shares_birth_day"),
    [("twin", True), ("sibling", False), ("namesake_father", False)],
)
def test_kin_is_an_earlier_person_of_the_same_heritage(people, kind, shares_birth_day):
    rows = np.flatnonzero(people.kin_kind == KIN_KINDS.index(kind))
    other = people.kin[rows]
    assert len(rows)
    assert (other < rows).all() and (other >= 0).all()
    assert (people.heritage[rows] == people.heritage[other]).all()
    same = people.birth_day[rows] == people.birth_day[other]
    assert same.all() == shares_birth_day


def test_namesakes_share_a_birth_year_and_some_the_day(people):
    rows = np.flatnonzero(people.kin_kind == KIN_KINDS.index("same_name"))
    first, second = people.birth_day[people.kin[rows]], people.birth_day[rows]
    years = [
        days.astype("datetime64[D]").astype("datetime64[Y]") for days in (first, second)
    ]
    assert (years[0] == years[1]).all()
    assert 0 < (first == second).mean() < 1


# Published or assumed shares with three standard errors at 3,500 people (2026-07).
@pytest.mark.parametrize(
    ("attribute", "share", "tolerance"),
    [
        ("opioid", 0.31, 0.025),
        ("serious_mental_illness", 0.27, 0.025),
        ("alcohol_or_meth", 0.35, 0.025),
        ("chronic", 0.17, 0.025),
        ("veteran", 0.07, 0.015),
        ("sex", 0.645, 0.025),
        ("knows_ssn", 0.74, 0.025),
    ],
)
def test_shares(people, attribute, share, tolerance):
    assert abs(getattr(people, attribute).mean() - share) < tolerance
