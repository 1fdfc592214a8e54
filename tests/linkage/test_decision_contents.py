from datetime import date

import pyarrow as pa

from dagster_project.linkage.decision_contents import contents

KEY = b"kept elsewhere"


def content(key=KEY, **values):
    row = {"client_record_id": "hsh:hmis:1"} | values
    return contents(pa.Table.from_pylist([row]), {"hsh:hmis:1"}, key)["hsh:hmis:1"]


def test_only_what_is_compared_counts_and_letter_case_does_not():
    one = content(first_name="Zoë", dob="1980-02-03", last_seen_on=date(2026, 1, 1))
    two = content(first_name=" ZOË", dob="1980-02-03", last_seen_on=date(2026, 2, 1))
    assert one == two and set(one) == {"first_name", "dob"}
    changed = content(first_name="Zoe", dob="1980-02-03")
    assert [c for c in one if one[c] != changed[c]] == ["first_name"]
    assert content(ssn=None) == content(ssn="") != content(ssn="1")


def test_no_value_can_be_read_or_guessed_without_the_key():
    one = content(first_name="Xiulan", last_name="Xiulan", ssn="078051120")
    assert one["first_name"] != one["last_name"]
    assert "Xiulan" not in str(one) and "078051120" not in str(one)
    other = content(b"another", first_name="Xiulan", ssn="078051120")
    assert all(other[column] != one[column] for column in other)


def test_records_that_are_gone_have_no_content():
    records = pa.table({"client_record_id": ["a", "b"], "dob": ["1980-01-02", None]})
    assert contents(records, {"b", "c"}, KEY).keys() == {"b"}
