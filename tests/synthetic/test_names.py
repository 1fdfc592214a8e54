"""Lists of names, legal names and the true forms a department may get."""

from functools import cache
from pathlib import Path

import numpy as np
import pytest

from dagster_project.synthetic import names, parameters
from dagster_project.synthetic.codes import HERITAGES, KIN_KINDS, SYSTEMS
from dagster_project.synthetic.names.heritage import POOLS, RARE_SHARE
from dagster_project.synthetic.names.legal import legal_names
from dagster_project.synthetic.names.lists import (
    census_surnames,
    given_names,
    rare_surnames,
    short_forms,
    surnames_by_hand,
)
from dagster_project.synthetic.names.practice import Practice
from dagster_project.synthetic.names.spelling import (
    given_of_two,
    joined_particle,
    split_particle,
    without_accents,
)
from dagster_project.synthetic.people import make_people

FOLDER = Path(names.__file__).parent


@cache
def town(people: int = 8000):
    everybody = make_people(parameters.load(), people, 5)
    return everybody, legal_names(everybody, 5)


def forms(system: str, rows: np.ndarray) -> dict[str, np.ndarray]:
    people, legal = town()
    code = np.full(len(rows), SYSTEMS.index(system))
    practice = Practice(legal, rows, code, np.zeros(len(rows), dtype=int), 5)
    return practice.forms(np.full(len(rows), 400), people.sex[rows] == 0)


def test_lists_stay_small():
    sizes = [file.stat().st_size for file in FOLDER.glob("*.csv")]
    assert max(sizes) < 150_000
    assert sum(sizes) < 500_000


def test_commonest_names_are_the_known_ones():
    def top(listed):
        return listed.names[np.argmax(np.diff(listed.edges, prepend=0))]

    assert top(census_surnames("white")) == "Smith"
    assert top(census_surnames("latino")) == "García"
    assert top(surnames_by_hand("vietnamese")) == "Nguyễn"
    assert top(given_names("english", "M", 0)) == "James"
    assert top(given_names("english", "F", 0)) == "Mary"
    assert len(short_forms()) >= 120


def test_one_surname_in_eight_is_rare():
    _, legal = town()
    white = legal.pool == POOLS.index("white")
    rare = set(rare_surnames("white").names) - set(census_surnames("white").names)
    share = np.mean([name in rare for name in legal.surname[white]])
    assert share == pytest.approx(RARE_SHARE, abs=0.03)


@pytest.mark.parametrize(
    ("kind", "same_first"),
    [
        ("twin", False),
        ("sibling", None),
        ("namesake_father", True),
        ("same_name", True),
    ],
)
def test_kin_share_a_surname(kind, same_first):
    people, legal = town()
    rows = np.flatnonzero(people.kin_kind == KIN_KINDS.index(kind))
    other = people.kin[rows]
    assert len(rows) > 10
    assert (legal.surname[rows] == legal.surname[other]).all()
    if same_first is not None:
        assert ((legal.first[rows] == legal.first[other]) == same_first).all()
    if kind == "twin":
        assert (people.birth_day[rows] == people.birth_day[other]).all()
    if kind == "namesake_father":
        assert (legal.suffix[rows] == "Jr").all()


def test_two_surnames_are_commoner_abroad():
    people, legal = town()
    latino = people.heritage == HERITAGES.index("latino")
    for abroad, share in ((True, 0.85), (False, 0.35)):
        rows = latino & (people.born_abroad == abroad)
        two = np.mean(legal.second_surname[rows] != "")
        assert two == pytest.approx(share, abs=0.05)


@pytest.mark.parametrize(
    ("system", "kept"), [("hmis", 0.40), ("epcr", 0.05), ("fhir", 0.60)]
)
def test_accents_stay_where_a_system_keeps_them(system, kept):
    _, legal = town()
    accented = np.array([not name.isascii() for name in legal.surname])
    accented &= (legal.second_surname == "") & (legal.married == "")
    accented &= legal.pool == POOLS.index("latino")
    last = forms(system, np.flatnonzero(accented))["last"]
    share = np.mean([not name.isascii() for name in last])
    assert share == pytest.approx(kept, abs=0.05)


@pytest.mark.parametrize("system", SYSTEMS)
def test_vietnamese_marks_stay_in_the_hospital_alone(system):
    _, legal = town()
    rows = np.flatnonzero(legal.pool == POOLS.index("vietnamese"))
    written = forms(system, rows)
    names = [*written["first"], *written["middle"], *written["last"]]
    assert any(not name.isascii() for name in names) == (system == "fhir")


def test_the_hospital_holds_both_names():
    _, legal = town()
    rows = np.flatnonzero(legal.chosen != "")
    assert len(rows) > 20
    assert (forms("fhir", rows)["alias"] == legal.chosen[rows]).all()
    share = np.mean(forms("team_log", rows)["first"] == legal.chosen[rows])
    assert share == pytest.approx(0.70, abs=0.15)


def test_two_surnames_take_all_their_shapes():
    _, legal = town()
    two = (legal.second_surname != "") & (legal.married == "")
    two &= np.array([name.isascii() and " " not in name for name in legal.surname])
    rows = np.flatnonzero(two & (legal.pool == POOLS.index("latino")))
    last = forms("epcr", rows)["last"]
    assert np.mean(last == legal.surname[rows]) == pytest.approx(0.45, abs=0.05)
    assert np.mean(["-" in name for name in last]) == pytest.approx(0.08, abs=0.03)


def test_first_people_keep_their_names():
    _, legal = town()
    before = legal_names(make_people(parameters.load(), 1999, 5), 5)
    for field, values in vars(before).items():
        assert (values == getattr(legal, field)[:1999]).all(), field


@pytest.mark.parametrize(
    ("change", "name", "expected"),
    [
        (without_accents, "Nguyễn", "Nguyen"),
        (without_accents, "Đặng", "Dang"),
        (without_accents, "Faʻaoso", "Fa'aoso"),
        (joined_particle, "de la Cruz", "Delacruz"),
        (joined_particle, "O'Neal", "ONeal"),
        (joined_particle, "Al-Masri", "Almasri"),
        (split_particle, "de la Cruz", "De La Cruz"),
        (split_particle, "O'Neal", "O Neal"),
        (split_particle, "Alvarez", "Alvarez"),
        (lambda name: given_of_two(name, 2), "Xiao Ming", "Xiaoming"),
        (lambda name: given_of_two(name, 1), "Xiao Ming", "Xiao-Ming"),
    ],
)
def test_spellings(change, name, expected):
    assert change(name) == expected
