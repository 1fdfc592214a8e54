"""Single mistakes in names, dates and numbers."""

from datetime import date

import numpy as np
import pytest
from jellyfish import damerau_levenshtein_distance

from dagster_project.synthetic.codes import SYSTEMS
from dagster_project.synthetic.identity import dates, errors
from dagster_project.synthetic.identity.told import wrong_ssn

NUMBERS = [number / 200 for number in range(200)]
NAMES = ("Nguyen", "O'Neal", "De La Cruz", "Li", "Faleafa", "Al-Masri", "Kowalczyk")


def since_1970(day: date) -> int:
    return (day - date(1970, 1, 1)).days


@pytest.mark.parametrize("name", NAMES)
def test_a_typo_is_one_key(name):
    for number in NUMBERS:
        wrong = errors.typo(name, errors.Dice(number))
        assert wrong != name
        assert damerau_levenshtein_distance(wrong.lower(), name.lower()) == 1


@pytest.mark.parametrize("name", NAMES)
def test_a_name_by_ear_keeps_its_look(name):
    for number in NUMBERS:
        wrong = errors.by_ear(name, errors.Dice(number))
        assert wrong != name
        assert abs(len(wrong) - len(name)) <= 2
        assert wrong[0].isupper()


@pytest.mark.parametrize(
    ("kind", "name", "expected"),
    [
        ("swap", ("Ana", "", "Ruiz"), {("Ruiz", "", "Ana")}),
        ("lost", ("Ana", "", "Ruiz Mora"), {("Ana", "", "Ruiz"), ("Ana", "", "Mora")}),
        (
            "nickname",
            ("Guadalupe", "", "Ruiz"),
            {("Lupe", "", "Ruiz"), ("Lupita", "", "Ruiz")},
        ),
    ],
)
def test_kinds_of_mistakes(kind, name, expected):
    made = {errors.mistaken(kind, *name, errors.Dice(number)) for number in NUMBERS}
    assert made == expected


def test_a_mistake_that_cannot_be_is_a_typo():
    for kind in ("lost", "nickname", "swap"):
        name = ("Ximo", "", "") if kind == "swap" else ("Ximo", "", "Batz")
        assert errors.mistaken(kind, *name, errors.Dice(0.3)) != name


@pytest.mark.parametrize("kind", dates.KINDS)
@pytest.mark.parametrize(
    "true", [date(1984, 3, 9), date(1960, 2, 29), date(1979, 1, 1)]
)
def test_a_wrong_date_is_another_possible_one(kind, true):
    for number in NUMBERS:
        wrong = dates.wrong_date(since_1970(true), kind, None, number)
        assert wrong != since_1970(true)
        assert since_1970(date(1920, 1, 1)) < wrong < since_1970(date(2024, 1, 1))


def test_dates_go_wrong_in_known_ways():
    birth = since_1970(date(1984, 3, 9))
    swapped = dates.wrong_date(birth, "swap", None, 0.5)
    assert swapped == since_1970(date(1984, 9, 3))
    new_year = dates.wrong_date(birth, "new_year", None, 0.5)
    assert new_year == since_1970(date(1984, 1, 1))
    assert dates.wrong_date(birth, "relative", birth + 700, 0.5) == birth + 700


@pytest.mark.parametrize(
    ("system", "state", "expected"),
    [
        ("hmis", dates.PARTIAL, ("1984-01-01", 2)),
        ("fhir", dates.PARTIAL, ("1984", 2)),
        ("epcr", dates.PARTIAL, ("", 2)),
        ("team_log", dates.RIGHT, ("1984-03-09", 1)),
        ("epcr", dates.MISSING, ("", 99)),
    ],
)
def test_how_a_system_holds_a_date(system, state, expected):
    written = dates.written_dates(
        np.array([state]),
        np.array([since_1970(date(1984, 3, 9))]),
        np.array([SYSTEMS.index(system)]),
        np.array([0.5]),
    )
    assert (written["dob"][0], written["dob_quality"][0]) == expected


def test_ages_are_asked_by_medics_and_guessed_in_the_log():
    number = np.linspace(0.001, 0.999, 200)
    birth = np.full(200, since_1970(date(1984, 3, 9)))
    half, day = np.full(200, dates.PARTIAL), np.zeros(200, dtype=int)

    def ages(system):
        code = np.full(200, SYSTEMS.index(system))
        return dates.written_ages(half, birth, day, code, number)

    assert set(ages("epcr")) == {38, 39, 40}
    assert np.ptp(ages("team_log")) >= 8
    assert set(ages("hmis")) == {-1}


@pytest.mark.parametrize("kind", range(4))
@pytest.mark.parametrize("ssn", ["734110001", "899999999", "800010001"])
def test_a_wrong_ssn_stays_in_its_area(kind, ssn):
    for number in NUMBERS:
        wrong = wrong_ssn(ssn, "745123456", kind, number)
        assert wrong != ssn
        assert len(wrong) == 9
        assert wrong[:3] in (ssn[:3], "745")
        assert wrong[3:5] != "00"
        assert wrong[5:] != "0000"
