import numpy as np
import pytest

from dagster_project.linkage.fields import FIELD_COUNT, field, level
from dagster_project.linkage.review import reason


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
    ],
)
def test_a_question_says_what_keeps_two_records_apart(levels, said):
    assert reason(pattern(**levels)) == said
