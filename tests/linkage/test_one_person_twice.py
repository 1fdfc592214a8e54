"""Files that hold one person twice, once with an error, and else strangers."""

import random

import pyarrow as pa
import pytest

from dagster_project.linkage.link import link
from tests.linkage.invented_names import FORENAMES, STREETS, SURNAMES

ERRORS = {
    "day and month exchanged": {"dob": "1977-08-03"},
    "another sex": {"sex": "M"},
    "a letter of the surname": {"last_name": "Okonkvo"},
    "a digit of the SSN": {"ssn": "731442019"},
    "another home": {"address": "77 Wharf Road", "phone": "4155550199"},
}

PERSON = {
    "first_name": "Adaeze",
    "last_name": "Okonkwo",
    "sex": "F",
    "dob": "1977-03-08",
    "ssn": "731442018",
    "phone": "4155550142",
    "address": "12 Larch Street",
    "zip": "94103",
}


def stranger(draw: random.Random, number: int) -> dict:
    year, month, day = (draw.randint(*x) for x in ((1940, 2004), (1, 12), (1, 28)))
    return {
        "first_name": draw.choice(FORENAMES),
        "last_name": draw.choice(SURNAMES),
        "sex": draw.choice("FM"),
        "dob": f"{year}-{month:02}-{day:02}",
        "ssn": f"7{draw.randint(10_000_000, 99_999_999)}",
        "phone": f"415555{2000 + number}",
        "address": f"{draw.randint(1, 999)} {draw.choice(STREETS)}",
        "zip": f"941{draw.randint(2, 34):02}",
    }


@pytest.mark.parametrize("strangers", [0, 5, 80])
@pytest.mark.parametrize("without", [(), ("ssn",)], ids=["all", "no SSN"])
@pytest.mark.parametrize("error", ERRORS)
def test_an_error_does_not_part_the_one_person_of_a_small_file(
    error, without, strangers
):
    draw = random.Random(strangers)
    rows = [PERSON, PERSON | ERRORS[error]]
    rows += [stranger(draw, number) for number in range(strangers)]
    table = pa.Table.from_pylist(
        [{"record_id": f"r{place:03}", **row} for place, row in enumerate(rows)]
    )
    cluster = link(table.drop_columns(list(without))).partition["cluster_loose"]
    assert cluster[0] == cluster[1]
    assert len(set(cluster.to_pylist())) == strangers + 1
