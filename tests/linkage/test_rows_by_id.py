"""Few rows among many: found and put in as a dictionary would."""

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dagster_project.linkage.rows_by_id import (
    places,
    rows_of,
    same_rows,
    standing,
    with_rows,
)

IDS = st.sets(st.text("aZz0é北\U0001f600", max_size=3), max_size=12)


def table(ids: set[str], value: str) -> pa.Table:
    """Return rows by id, in the order of their bytes."""
    rows = sorted(ids, key=str.encode)
    values = [f"{value} {row}" for row in rows]
    schema = pa.schema({"record_id": pa.string(), "value": pa.string()})
    return pa.table({"record_id": rows, "value": values}, schema)


@settings(deadline=None)
@given(many=IDS, few=IDS)
def test_ids_are_found_where_they_stand(many, few):
    whole, wanted = table(many, "old"), table(few, "new")["record_id"].combine_chunks()
    ids = whole["record_id"].combine_chunks()
    listed = ids.to_pylist()
    sought = wanted.to_pylist()
    assert places(ids, wanted).tolist() == [
        listed.index(one) if one in many else -1 for one in sought
    ]
    assert standing(ids, wanted).tolist() == [
        sum(other.encode() < one.encode() for other in many) for one in sought
    ]
    assert rows_of(whole, wanted).equals(table(many & few, "old"))


@settings(deadline=None)
@given(many=IDS, few=IDS)
def test_rows_are_put_in_as_into_a_dictionary(many, few):
    found = with_rows(table(many, "old"), table(few, "new"))
    expected = dict.fromkeys(many, "old") | dict.fromkeys(few, "new")
    assert found["record_id"].to_pylist() == sorted(expected, key=str.encode)
    for row in found.to_pylist():
        assert row["value"] == f"{expected[row['record_id']]} {row['record_id']}"


@pytest.mark.parametrize(
    ("left", "right", "same"),
    [
        ("Ōta", "Ōta", True),
        ("Ōta", "Ota", False),
        ("Ōta", None, False),
        (None, None, True),
        (7, "7", True),
        (7, "8", False),
    ],
)
def test_rows_are_the_same_if_all_that_they_hold_is(left, right, same):
    one = pa.table({"record_id": ["1"], "name": [left]})
    other = pa.table({"record_id": ["1"], "name": [right]})
    assert same_rows(one, other).tolist() == [same]
    more = other.append_column("zip", pa.array(["94103"]))
    assert same_rows(one, more).tolist() == [False]
    more = other.append_column("zip", pa.nulls(1, pa.string()))
    assert same_rows(one, more).tolist() == [same]
