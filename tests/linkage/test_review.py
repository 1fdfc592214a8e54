import numpy as np
import pyarrow as pa
import pytest

from dagster_project.linkage.columns import read_columns
from dagster_project.linkage.compare import compare
from dagster_project.linkage.encode import encode
from dagster_project.linkage.fields import FIELD_COUNT, field, level
from dagster_project.linkage.review import reason
from dagster_project.linkage.standardise import standardise


def pattern(**levels):
    row = np.zeros(FIELD_COUNT, np.uint8)
    for name, word in levels.items():
        row[field(name)] = level(name, word)
    return row


@pytest.mark.parametrize(
    ("levels", "said"),
    [
        (dict(first="equal", last="equal", dob="different"), "dob different"),
        (
            dict(first="different", last="equal", address="zip_other_street"),
            "first different; address zip other street",
        ),
        (
            dict(first="equal", birth_year="equal"),
            "little to compare: first, birth_year",
        ),
        (
            dict(first="alike", last="close", dob="one_slip", sex="equal"),
            "agrees only nearly, or on common values",
        ),
        (
            dict(first="equal", last="equal", dob="equal", ssn="equal"),
            "agrees in all that is known, which is not enough to be sure",
        ),
        (
            dict(
                first="equal",
                last="equal",
                birth_year="equal",
                sex="equal",
                address="city_alone",
                full_name="both_equal",
            ),
            "agrees in all that is known, which is not enough to be sure",
        ),
        (
            dict(first="initial", last="equal", dob="equal", middle="initial"),
            "agrees in all that is known, which is not enough to be sure",
        ),
        (
            dict(first="equal", last="equal", dob="equal", ssn="one_slip"),
            "agrees only nearly, or on common values",
        ),
    ],
)
def test_a_question_says_what_keeps_two_records_apart(levels, said):
    assert reason(pattern(**levels)) == said


PERSON = {
    "first_name": "Zoë",
    "middle_name": "Q",
    "last_name": "Đặng",
    "suffix": "Jr",
    "aliases": "Zo",
    "dob": "1980-02-03",
    "sex": "f",
    "ssn": "734-11-2233",
    "phone": "628-555-0188",
    "email": "zoe@example.org",
    "address": "12 Hyde St",
    "city": "Oakland",
    "zip": "94110",
}


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"first_name": "J"},
        {"first_name": "José Luis", "last_name": "Quispe Mamani"},
        {"first_name": "Νίκος", "last_name": "Παππάς"},
        {"first_name": "Nguyễn", "last_name": "Nguyễn"},
        {"middle_name": "Yến Nhi"},
        {"address": None},
        {"address": None, "zip": None},
        {"dob": "1980"},
        {"dob": "1980-01-01"},
        {"ssn": "2233"},
        {"dob": None},
        {"ssn": None, "phone": None, "email": None, "sex": None},
    ],
)
def test_rows_that_are_equal_in_everything_are_not_said_to_agree_nearly(other):
    rows = [{"record_id": record, **PERSON, **other} for record in "ab"]
    table = read_columns(pa.Table.from_pylist(rows))
    levels = compare(encode(standardise(table)), np.array([0]), np.array([1]))[0]
    said = reason(levels)
    assert said == "agrees in all that is known, which is not enough to be sure"
