import random

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.made_up_people import made_up_people
from dagster_project.linkage.bounds import (
    LEAST,
    LEAST_OF_A_HOME,
    MOST,
    OTHER_DATE,
    OTHER_HOME,
    believed_share,
    home_within_bounds,
    most,
    told_by_pairs,
    where_little_is_told,
    within_bounds,
)
from dagster_project.linkage.chance import level_mask
from dagster_project.linkage.evaluate import evaluate
from dagster_project.linkage.fields import FIELD_COUNT, LEVEL_SLOTS, field, level
from dagster_project.linkage.link import link

EXISTS = level_mask()
CELLS = FIELD_COUNT * LEVEL_SLOTS
counts = st.lists(st.floats(0.0, 1e6), min_size=CELLS, max_size=CELLS).map(
    lambda flat: np.array(flat).reshape(FIELD_COUNT, LEVEL_SLOTS) * EXISTS
)


def pairs(**fields: dict[str, float]) -> np.ndarray:
    """Return [field, level] counts."""
    table = np.zeros((FIELD_COUNT, LEVEL_SLOTS))
    for name, levels in fields.items():
        for level_name, count in levels.items():
            table[field(name), level(name, level_name)] = count
    return table


@settings(max_examples=200, deadline=None)
@given(counts)
def test_levels_are_held_and_stay_shares(table):
    shares = (table + 1e-9 * EXISTS) / (table + 1e-9 * EXISTS).sum(1, keepdims=True)
    held = within_bounds(shares, most())
    assert held.sum(1) == pytest.approx(np.ones(FIELD_COUNT))
    for name, levels in MOST.items():
        for level_name, bound in levels.items():
            least = LEAST.get(name, {}).get(level_name, 0.0)
            share = held[field(name), level(name, level_name)]
            assert least - 1e-12 <= share <= bound + 1e-12
    assert within_bounds(held, most()) == pytest.approx(held)


@settings(max_examples=200, deadline=None)
@given(counts)
def test_what_is_believed_keeps_the_bounds(table):
    believed = believed_share(table, most())
    assert 0.0 <= believed <= 1.0 + 1e-12
    # The borrowed pairs are fewer beside more of a file's own.
    assert believed_share(table * 3, most()) <= believed + 1e-12


@settings(max_examples=200, deadline=None)
@given(counts, counts)
def test_a_home_shares_what_homes_share(home, person):
    home, person = (
        (table + 1e-9 * EXISTS) / (table + 1e-9 * EXISTS).sum(1, keepdims=True)
        for table in (home, person)
    )
    held = home_within_bounds(home, person)
    assert held.sum(1) == pytest.approx(np.ones(FIELD_COUNT))
    assert (held >= 0).all()
    for name, least in LEAST_OF_A_HOME.items():
        place = field(name)
        assert held[place, 1] >= least * person[place, 1] - 1e-12
        if home[place, 1] >= least * person[place, 1]:
            assert held[place] == pytest.approx(home[place])


def test_ordinary_errors_are_all_believed():
    table = pairs(
        first={"equal": 85, "nickname": 6, "close": 5, "different": 4},
        dob={"equal": 90, "one_slip": 7, "different": 3},
        sex={"equal": 98, "different": 2},
    )
    assert believed_share(table, most()) == pytest.approx(1.0)


@pytest.mark.parametrize("count", [1, 2, 3])
def test_the_only_pairs_of_a_small_file_are_believed_though_all_err(count):
    assert believed_share(pairs(dob={"one_slip": count}), most()) > 0.8


def test_of_sixty_people_and_a_crowd_the_people_are_believed():
    table = pairs(dob={"equal": 60, "different": 940})
    # t = 60 + 5 + .05 t
    assert believed_share(table, most()) * 1005 == pytest.approx(65 / 0.95)


def test_a_field_that_few_pairs_know_tells_nothing_of_the_others():
    table = pairs(
        last={"equal": 1000}, ssn={"equal": 10, "different": 90}, dob={"equal": 1000}
    )
    assert believed_share(table, most()) == 1.0


def test_no_pairs_at_all_are_no_trouble():
    assert believed_share(np.zeros((FIELD_COUNT, LEVEL_SLOTS)), most()) == 1.0


def test_a_file_whose_ssns_tell_who_is_who_is_believed() -> None:
    table = pairs(
        first={"equal": 80, "different": 20},
        dob={"equal": 90, "different": 10},
        ssn={"equal": 100},
    )
    shares = table / np.maximum(table.sum(1, keepdims=True), 1)
    place = field("first"), level("first", "different")
    assert believed_share(table, most()) < 0.95
    assert within_bounds(shares, most())[place] == MOST["first"]["different"]
    assert believed_share(table, most(told=1.0)) == 1.0
    assert within_bounds(shares, most(told=1.0))[place] == pytest.approx(0.2)


def test_ssns_and_suffixes_are_held_in_every_file() -> None:
    held = most(told=1.0)
    assert held["dob"]["different"] == held["first"]["different"] == 1.0
    for name in ("ssn", "ssn_last4", "suffix"):
        assert held[name] == MOST[name]


@pytest.mark.parametrize(
    ("pairs_per_record", "believed"), [(0.5, 0.0), (1.0, 0.0), (1.5, 0.5), (9.0, 1.0)]
)
def test_many_pairs_per_record_are_believed_about_their_errors(
    pairs_per_record, believed
):
    assert told_by_pairs(200 * pairs_per_record, 200) == pytest.approx(believed)
    assert most(believed)["suffix"] == MOST["suffix"]


@pytest.mark.parametrize(
    ("known", "alone"),
    [
        ({}, True),
        ({"middle": 900, "sex": 900}, True),
        ({"dob": 400}, True),
        ({"dob": 600}, False),
        ({"dob": 200, "phone": 200, "ssn_last4": 200}, False),
        ({"phone": 1000}, False),
        ({"ssn_last4": 700}, False),
    ],
)
def test_a_file_of_names_and_homes_holds_people_to_one_home(known, alone):
    table = pairs(
        first={"equal": 1000},
        address={"street": 300, "city_other_place": 400, "different": 300},
        **{name: {"equal": count} for name, count in known.items()},
    )
    little = where_little_is_told(table)
    assert little == (OTHER_HOME if alone else {})
    bounds = most(1.0, little)
    assert ("address" in bounds) is alone
    # t = 300 + 5 + .35 t of the 1005 pairs
    expected = 305 / 0.65 / 1005 if alone else 1.0
    assert believed_share(table, bounds) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("known", "little"),
    [
        ({}, True),
        ({"middle": 900, "sex": 900, "suffix": 900}, True),
        ({"phone": 90}, True),
        ({"phone": 110}, False),
        ({"ssn_last4": 60, "email": 60}, False),
        ({"extra_1": 1000}, False),
    ],
)
def test_a_file_of_names_and_dates_holds_people_to_their_date(known, little):
    table = pairs(
        first={"equal": 1000},
        dob={"equal": 900, "different": 100},
        **{name: {"equal": count} for name, count in known.items()},
    )
    found = where_little_is_told(table)
    assert found == (OTHER_DATE if little else {})
    least = OTHER_DATE["dob"]["different"] if little else 1.0
    assert most(1.0, found)["dob"]["different"] == pytest.approx(least)
    assert most(0.0, found)["dob"]["one_slip"] == MOST["dob"]["one_slip"]


LETTERS = "bdgklmnprstvz"
STREETS = ("Larch", "Cypress", "Alder", "Hazel", "Willow", "Rowan", "Aspen", "Elder")


def _words(draw: random.Random, count: int, syllables: int) -> list[str]:
    parts = [a + b for a in LETTERS for b in "aeiou"]
    return ["".join(draw.choices(parts, k=syllables)).title() for _ in range(count)]


def _of_one_language(draw: random.Random, names: list[str]) -> str:
    return names[int(len(names) * draw.random() ** 1.8)]


def test_namesakes_of_one_language_stay_two_where_only_homes_tell_them_apart():
    """While addresses were held to nothing, precision was .70."""
    draw = random.Random(8)
    languages = [(_words(draw, 50, 2), _words(draw, 50, 3)) for _ in range(5)]
    rows = []
    for home in range(6000):
        given, family = draw.choices(languages, (40, 25, 15, 12, 8))[0]
        surname = _of_one_language(draw, family)
        for member in range(draw.choice((1, 1, 2, 3))):
            name = {"first_name": _of_one_language(draw, given), "last_name": surname}
            for source in ("A", "B"):
                if draw.random() < 0.6:
                    where = f"{home}" if draw.random() < 0.8 else f"{home}-{source}"
                    place = random.Random(where)
                    street = f"{place.randint(1, 3999)} {place.choice(STREETS)} Street"
                    code = {"zip": f"941{place.randint(2, 34):02}"}
                    person = {"source": source, "true_person": f"{home} {member}"}
                    rows.append({**person, **name, "address": street, **code})
    table = pa.Table.from_pylist(
        [{"record_id": f"r{number:05}"} | row for number, row in enumerate(rows)]
    )
    found = link(table.drop_columns(["true_person"])).partition
    both = table.join(found, "record_id", "client_record_id")
    cluster = pc.coalesce(both["cluster"], both["record_id"])
    judged = evaluate(cluster.to_numpy(), both["true_person"].to_numpy()).pairwise
    assert judged.precision > 0.9 and judged.recall > 0.6


def test_people_who_are_met_again_and_again_tell_how_often_their_fields_differ():
    """Under the bounds, .68 of these pairs were found."""
    table = made_up_people(4000, "historical", noise=3.0)
    found = link(table.drop_columns(["true_person"])).partition
    both = table.join(found, "record_id", "client_record_id")
    cluster = pc.coalesce(both["cluster"], both["record_id"])
    judged = evaluate(cluster.to_numpy(), both["true_person"].to_numpy()).pairwise
    assert judged.precision > 0.95 and judged.recall > 0.75
