import numpy as np
import pyarrow as pa
import pytest

from benchmarks import sets
from dagster_project.linkage.columns import read_columns
from dagster_project.linkage.compare import compare
from dagster_project.linkage.encode import encode
from dagster_project.linkage.fields import FIELD_NAMES
from dagster_project.linkage.standardise import standardise

ANA = {"first_name": "Ana", "last_name": "Nguyễn", "dob": "1980-02-03"}
NAMES = {"first", "last", "full_name"}


def encoded(*records):
    rows = [{"record_id": str(n), **record} for n, record in enumerate(records)]
    names = dict.fromkeys(name for row in rows for name in row)
    table = pa.table({name: [row.get(name) for row in rows] for name in names})
    return encode(standardise(read_columns(table)))


@pytest.mark.parametrize(
    ("records", "told"),
    [
        ([ANA, ANA], NAMES | {"dob"}),
        ([ANA, ANA | {"dob": "1980"}], NAMES | {"dob", "birth_year"}),
        ([ANA, ANA | {"sex": "F"}], NAMES | {"dob", "sex"}),
        ([ANA | {"ssn": "219-48-1234"}] * 2, NAMES | {"dob", "ssn"}),
        (
            [ANA | {"ssn": "219-48-1234"}, ANA | {"ssn": "1234"}],
            NAMES | {"dob", "ssn", "ssn_last4"},
        ),
        ([ANA | {"zip": "94102"}, ANA], NAMES | {"dob", "address"}),
        ([{"aliases": "Chidi; Bao"}, {"last_name": "Quispe"}], NAMES),
        (
            [
                {"first_name": "Ана", "birth_year_low": 1970, "birth_year_high": 1980},
                {
                    "first_name": "Bao",
                    "email": "bao@example.org",
                    "phone": "4155550134",
                },
            ],
            {"first", "age", "email", "phone"},
        ),
    ],
)
def test_the_fields_that_are_told_are_those_that_records_have(records, told):
    fields = encoded(*records).told_fields
    assert {FIELD_NAMES[place] for place in fields} == told
    assert list(fields) == sorted(fields)


def test_no_pair_has_a_level_in_a_field_that_is_not_told(people_of_every_kind):
    people = people_of_every_kind
    left, right = np.triu_indices(len(people.values), 1)
    levels = compare(people, left, right)
    assert set(np.flatnonzero(levels.any(axis=0))) <= set(people.told_fields)


@pytest.fixture(
    params=[
        (),
        ("dob",),
        ("ssn", "middle_name"),
        ("first_name", "address", "zip"),
        ("last_name", "phone", "sex", "email", "city"),
    ],
    ids=lambda dropped: "without " + ", ".join(dropped),
)
def people_of_every_kind(request):
    table = sets.load("full:120").drop_columns(["true_person"])
    return encode(standardise(read_columns(table.drop_columns(request.param))))
