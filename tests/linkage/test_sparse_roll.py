"""A clean roll of many people in which hardly anybody stands twice.

What goes together in it (names of one language, districts) is not one person.
"""

import random
from functools import cache

import pyarrow as pa
import pytest

from dagster_project.linkage.evaluate import evaluate
from dagster_project.linkage.link import link

LANGUAGES = 12
FORENAMES, SURNAMES = 60, 40
"""Of each language; a name is the number of its language and its own."""
PEOPLE, TWICE = 15_000, 60


@cache
def roll(ssns: bool) -> tuple[pa.Table, dict[str, int]]:
    """Return the roll and the person of each record."""
    draw = random.Random(7)
    rows, person = [], {}
    for number in range(PEOPLE):
        language = draw.randrange(LANGUAGES)
        row = {
            "first_name": spelled(language, draw.randrange(FORENAMES)),
            "last_name": spelled(language + LANGUAGES, draw.randrange(SURNAMES)),
            "dob": f"{draw.randint(1930, 2004)}-{draw.randint(1, 12):02}-"
            f"{draw.randint(1, 28):02}",
            "sex": draw.choice("FM"),
            "phone": f"415{draw.randint(2_000_000, 9_999_999)}",
            "address": f"{draw.randint(1, 999)} Larch Street",
            "zip": f"94{100 + language * 2 + draw.randrange(2)}",
        }
        if ssns:
            row["ssn"] = f"{600_000_001 + number * 4_001}"
        for _ in range(2 if number < TWICE else 1):
            record = f"r{len(rows):06}"
            rows.append({"record_id": record, **row})
            person[record] = number
    draw.shuffle(rows)
    return pa.Table.from_pylist(rows), person


@cache
def spelled(language: int, number: int) -> str:
    """Return a pronounceable name; names of one language resemble one another."""
    draw = random.Random(language * 1000 + number)
    stem = "".join(random.Random(language).choice("bdgklmnprstvz") for _ in range(2))
    vowels = [draw.choice("aeiou") for _ in range(3)]
    middle = draw.choice("bdgklmnprstvz")
    return (stem[0] + vowels[0] + stem[1] + vowels[1] + middle + vowels[2]).title()


@pytest.mark.parametrize("ssns", [False, True])
def test_names_that_go_together_do_not_pass_for_one_person(ssns):
    records, person = roll(ssns)
    found = link(records).partition
    ids = found["client_record_id"].to_pylist()
    cluster = [c or i for c, i in zip(found["cluster"].to_pylist(), ids, strict=True)]
    quality = evaluate(cluster, [str(person[i]) for i in ids]).pairwise
    assert quality.precision >= 0.98
    assert quality.recall >= 0.98


def test_father_and_son_stay_two_in_a_roll_that_holds_no_other_home():
    """The roll shows nothing of what a home shares, so what is usual must serve."""
    records, _ = roll(False)
    draw, rows = random.Random(8), []
    for number, row in enumerate(records.slice(0, 30).to_pylist()):
        born = draw.randint(1930, 1960)
        # Of a rare name of its own, or it would tell of others of the roll.
        father = row | {"first_name": f"Oluwa{spelled(90, number).lower()}", "sex": "M"}
        for suffix, year in (("Sr", born), ("Jr", born + draw.randint(19, 35))):
            own = {"suffix": suffix, "dob": f"{year}-{draw.randint(1, 12):02}-17"}
            rows.append(father | own | {"record_id": f"kin:{number:02}:{suffix}"})
    roll_of_all = pa.concat_tables(
        [records, pa.Table.from_pylist(rows)], promote_options="default"
    )
    found = link(roll_of_all).partition
    cluster = dict(
        zip(
            found["client_record_id"].to_pylist(),
            found["cluster"].to_pylist(),
            strict=True,
        )
    )
    apart = [cluster[f"kin:{n:02}:Sr"] != cluster[f"kin:{n:02}:Jr"] for n in range(30)]
    assert sum(apart) >= 29
