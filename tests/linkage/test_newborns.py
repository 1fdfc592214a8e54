"""What is read off the names that hospitals give to newborns, and twins among them."""

import pyarrow as pa
import pytest

from dagster_project.linkage.columns import read_columns
from dagster_project.linkage.link import link
from dagster_project.linkage.names import fold
from dagster_project.linkage.newborns import FIRST_BORN, birth_order
from dagster_project.linkage.standardise import standardise
from tests.linkage.invented_names import STREETS, SURNAMES
from tests.linkage.invented_town import invented_records
from tests.linkage.test_compare import level

HELD = ("first_name", "last_name", "dob", "sex", "phone", "address", "zip")


@pytest.mark.parametrize(
    ("forename", "order"),
    [
        ("Baby Boy A", 1),
        ("BABY BOY B", 2),
        ("Twin A", 1),
        ("Twin 2", 2),
        ("Baby Girl #1", 1),
        ("Boy 2", 2),
        ("Boy No. 2", 2),
        ("Girl2", 2),
        ("BabyB", 2),
        ("BabyboyA", 1),
        ("BB A", 1),
        ("Boy TwinB", 2),
        ("Newborn Triplet C", 3),
        ("Baby Boy II", 2),
        ("1st Twin", 1),
        ("A Baby Girl", 1),
        ("Baby Girl B of Maria", 2),
        ("Baby Boy", 0),
        ("Newborn", 0),
        ("A", 0),
        ("Baby Ana", 0),
        ("Boya", 0),
        ("Twina", 0),
        ("Maria A", 0),
        ("Twin A 2", 0),
        ("", 0),
    ],
)
def test_the_order_of_birth_is_read_off_the_name(forename, order):
    assert birth_order(fold(forename)) == order


@pytest.mark.parametrize(
    ("record", "first", "middle", "order"),
    [
        (dict(first_name="Baby Boy A"), "", "", 1),
        (dict(first_name="Baby Boy", middle_name="B"), "", "", 2),
        (dict(first_name="Baby", middle_name="Girl 2"), "", "", 2),
        (dict(first_name="Baby Boy", middle_name="Luis"), "", "luis", 0),
        (dict(first_name="Twin A", dob="2024-03-05"), "", "", 1),
        (dict(first_name="Boy A", dob="1972-05-05"), "boy a", "", 0),
        (dict(first_name="Boy", middle_name="A", dob="1972-05-05"), "boy", "a", 0),
        (dict(first_name="Ana", middle_name="B"), "ana", "b", 0),
        (dict(first_name="BB", dob="1925-09-16"), "bb", "", 0),
        (dict(first_name="BB", dob="2024-03-05"), "", "", 0),
    ],
)
def test_it_stands_where_a_suffix_does(record, first, middle, order):
    columns = {"record_id": "a", "last_name": "Smith", **record}
    read = standardise(read_columns(pa.Table.from_pylist([columns])))
    assert read.first.values[read.first.codes[0]] == first
    assert read.middle.values[read.middle.codes[0]] == middle
    assert read.suffix[0] == (FIRST_BORN - 1 + order if order else 0)


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("Baby Boy A", "Baby Boy B", "different"),
        ("Twin A", "Baby Girl 2", "different"),
        ("Twin A", "Baby Boy 1", "equal"),
        ("Twin A", "Baby Boy", "missing"),
        ("Twin A", "Joaquín", "missing"),
    ],
)
def test_another_order_of_birth_is_another_child(one, other, said):
    left, right = ({"first_name": n, "last_name": "Paz"} for n in (one, other))
    assert level("suffix", left, right) == said
    assert level("first", left, right) == "missing"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Baby Boy A", "Baby Boy B"),
        ("Twin A", "Twin B"),
        ("Boy 1", "Boy 2"),
        ("Twin A", "Baby Girl 2"),
    ],
)
def test_newborn_twins_are_never_one_person(one, other):
    rows = []
    for number in range(12):
        home = {
            "last_name": SURNAMES[number * 7],
            "dob": f"2024-{number + 1:02}-05",
            "sex": "FM"[number % 2],
            "phone": f"41555{60000 + number * 131}",
            "address": f"{100 + number} {STREETS[number % len(STREETS)]}",
            "zip": "94110",
        }
        for place, first in enumerate((one, other)):
            own = f"twin:{number:02}:{place}"
            rows.append({"client_record_id": own, "first_name": first, **home})
    columns = ["client_record_id", *HELD]
    town = invented_records(400, seed=3)[0].select(columns)
    twins = pa.Table.from_pylist(rows).select(columns).cast(town.schema)
    found = link(pa.concat_tables([town, twins])).partition.to_pylist()
    cluster = {row["client_record_id"]: row["cluster"] for row in found}
    pairs = [[cluster[f"twin:{n:02}:{place}"] for place in (0, 1)] for n in range(12)]
    assert [pair for pair in pairs if pair[0] == pair[1]] == []
