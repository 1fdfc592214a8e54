"""Salesforce's two forms of an id, against examples that others published."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.departments.salesforce_ids import long_id

IDS = st.text("abcXYZ019", min_size=15, max_size=15)


@pytest.mark.parametrize(
    ("short", "long"),
    [
        ("001A0000006Vm9r", "001A0000006Vm9rIAC"),
        ("a0D30000001n7Pi", "a0D30000001n7PiEAI"),
        ("0019000000B98de", "0019000000B98deAAB"),
        ("ABCDEFGHIJKLMNO", "ABCDEFGHIJKLMNO555"),
        (" 0010o00002cEs9E ", "0010o00002cEs9EAAS"),
    ],
)
def test_published_examples(short, long):
    assert long_id(short) == long
    assert long_id(long) == long


@pytest.mark.parametrize("text", ["", "42", "HEART-2025-0042", "é" * 15, "a" * 16])
def test_what_is_no_id_stays_as_it_is(text):
    assert long_id(text) == text


@given(IDS, IDS)
def test_two_records_never_become_one(one, other):
    assert (long_id(one).lower() == long_id(other).lower()) == (one == other)
