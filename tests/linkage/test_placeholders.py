import pytest

from dagster_project.linkage.placeholders import (
    is_placeholder,
    is_placeholder_surname,
    is_unnamed_pair,
)


@pytest.mark.parametrize(
    ("forename", "missing"),
    [
        ("unknown", True),
        ("baby boy", True),
        ("man of the house", True),
        ("xxx", True),
        ("trauma", True),
        ("mr", True),
        ("male unknown", True),
        ("fnu", True),
        ("n a", True),
        ("not known", True),
        ("guadalupe", False),
        ("an", False),
        ("ii", False),
    ],
)
def test_forenames_that_say_nobody_knew(forename, missing):
    assert is_placeholder(forename) is missing


@pytest.mark.parametrize(
    ("surname", "forename", "missing"),
    [
        ("doe", "john", True),
        ("doe", "jonh", True),
        ("doe", "jahn", True),
        ("doe", "", True),
        ("doe", "samira", False),
        ("null", "jennifer", False),
        ("null", "", True),
        ("na", "eun ji", False),
        ("lnu", "fnu", True),
        ("lnu", "amina", True),
        ("n a", "n a", True),
        ("unknown", "maria", True),
        ("son", "heung min", False),
        ("child", "julia", False),
        ("g", "maria", True),
        ("nguyen", "", False),
    ],
)
def test_a_doubtful_surname_is_believed_beside_a_real_forename(
    surname, forename, missing
):
    assert is_placeholder_surname(surname, forename) is missing


def test_john_and_jane_doe_have_no_forename_either():
    assert is_unnamed_pair("jane", "doe")
    assert not is_unnamed_pair("jane", "duong")
