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


def mixed(ids: set[str], value: str) -> pa.Table:
    """Return rows by id that hold texts, numbers and nothing, cut out of a table."""
    rows = table({"", *ids}, value)
    told = [None if "z" in one else one for one in rows["value"].to_pylist()]
    listed = rows["record_id"].to_pylist()
    size = [None if "é" in one else len(value + one) for one in listed]
    rows = rows.set_column(1, "value", pa.array(told, pa.string()))
    rows = rows.append_column("size", pa.array(size, pa.float64()))
    return rows if "" in ids else rows.slice(1)


@settings(deadline=None)
@given(many=IDS, few=IDS)
def test_rows_are_put_in_as_into_a_dictionary(many, few):
    old, new = mixed(many, "old"), mixed(few, "new")
    found = with_rows(old, new.select(["size", "value", "record_id"]))
    expected = {
        row["record_id"]: row for part in (old, new) for row in part.to_pylist()
    }
    ordered = sorted(expected, key=str.encode)
    assert found.to_pylist() == [expected[one] for one in ordered]
    assert found.schema == old.schema
    assert all(column.num_chunks == 1 for column in found.columns)
    found.validate(full=True)


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
