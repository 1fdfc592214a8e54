"""Given names parted or ordered otherwise are the same; others are not more alike."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.linkage.columns import read_columns
from dagster_project.linkage.encode import encode
from dagster_project.linkage.given_names import same_given
from dagster_project.linkage.standardise import standardise
from tests.linkage.test_compare import level


def named(text: str) -> dict[str, str]:
    """Return the columns of 'forename|middle name'."""
    first, middle = text.split("|")
    return {"first_name": first, "middle_name": middle, "last_name": "Trần"}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Xiaofang|", "Xiao|Fang"),
        ("Xiao-Fang|", "Xiao|Fang"),
        ("Xiaofang|", "Fang|Xiao"),
        ("Thanh Hằng|", "Hang|Thanh"),
        ("Văn|An", "An|Van"),
        ("Minh Quốc|Anh", "Anh|Minh Quoc"),
        ("Juan Carlos|", "Juan|Carlos"),
        ("Mary Ann|Lee", "Mary|Ann Lee"),
        ("Maryann|", "Mary|Ann"),
        ("An Văn|", "Văn An|"),
        ("J|Robert", "Robert|J"),
        ("Edward|Robert", "Robert|E."),
        ("美|咲", "美咲|"),
    ],
)
def test_one_given_name_wherever_its_parts_are_written(one, other):
    assert level("first", named(one), named(other)) == "close"
    assert level("middle", named(one), named(other)) == "missing"


@pytest.mark.parametrize(
    ("one", "other", "first", "middle"),
    [
        ("Juan|Carlos", "Juan|Pablo", "equal", "different"),
        ("Juan|Carlos", "Juan|Carlos", "equal", "equal"),
        ("An|Văn", "An|Van Duc", "equal", "same_letter"),
        ("Robert|Edward", "Edward|", "middle_or_alias", "missing"),
        ("Robert|Edward", "Edward|James", "middle_or_alias", "different"),
        ("Edward|Robert", "Robert|J", "middle_or_alias", "different"),
        ("Juan|Carlos", "Juan Pablo|", "nickname", "different"),
        ("Juan|C", "Juan Carlos|", "nickname", "initial"),
        ("Juan|C", "Juan Pablo|", "nickname", "different"),
        ("Juan|Carlos", "Juan Pablo|Luis", "nickname", "different"),
        ("Juan|Carlos", "Luis Pablo|", "different", "missing"),
        ("Juan Carlos|", "Juan Pablo|", "different", "missing"),
        ("Edward|R", "Robert|E", "different", "different_with_forename"),
        ("J|P", "P|J", "different", "different_with_forename"),
        ("Jp|", "J|P", "initial", "missing"),
        ("Thu|Hà", "Hà|Thư Anh", "middle_or_alias", "different"),
        ("Ana|", "|Ana", "missing", "missing"),
    ],
)
def test_what_is_not_the_same_given_name(one, other, first, middle):
    assert level("first", named(one), named(other)) == first
    assert level("middle", named(one), named(other)) == middle


WORDS = ("an", "van", "thanh", "hang", "xiao", "fang", "juan", "민준", "美咲", "linh")


@st.composite
def one_name_twice(draw):
    """Return two records of one given name: turned, then parted into two fields.

    One of them may leave out the spaces; what is written together has no word that
    could begin, and so not both do.
    """
    parts = draw(st.lists(st.sampled_from(WORDS), min_size=2, max_size=4, unique=True))
    turn = draw(st.integers(0, len(parts) - 1))
    rows = []
    for record, turned in (("a", parts), ("b", parts[turn:] + parts[:turn])):
        cut = draw(st.integers(1, len(turned)))
        rows.append(
            {
                "record_id": record,
                "first_name": " ".join(turned[:cut]),
                "middle_name": " ".join(turned[cut:]),
            }
        )
    together = draw(st.sampled_from([(), ("a",), ("b",)]))
    for row in rows:
        if row["record_id"] in together:
            for field in ("first_name", "middle_name"):
                row[field] = row[field].replace(" ", "")
    return rows


@settings(max_examples=60, deadline=None)
@given(one_name_twice())
def test_no_split_and_no_turn_makes_another_given_name(rows):
    assert are_the_same(rows)


def are_the_same(rows: list[dict[str, str]]) -> bool:
    """Return what the kernel says of two records, the same either way round."""
    encoded = encode(standardise(read_columns(pa.Table.from_pylist(rows))))
    first, middle = encoded.column("first"), encoded.column("middle")
    said = {
        same_given(encoded.names, first[a], middle[a], first[b], middle[b])
        for a, b in ((0, 1), (1, 0))
    }
    assert len(said) == 1, "a comparison has no direction"
    return bool(said.pop())


def test_a_turn_is_seen_only_where_a_word_begins():
    rows = [{"record_id": "a", "first_name": "Hanan"}]
    rows.append({"record_id": "b", "first_name": "Anhan"})
    assert not are_the_same(rows)
