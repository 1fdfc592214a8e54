import pyarrow as pa
import pytest

from dagster_project.linkage.columns import read_columns
from dagster_project.linkage.linkable import may_found, may_join
from dagster_project.linkage.standardise import standardise

FULL = dict(
    record_id="z", source="s", first_name="Wei", last_name="Chan", phone="4155550101"
)


@pytest.mark.parametrize(
    ("record", "linkable"),
    [
        (dict(first_name="Ana", last_name="Reyes", dob="1980-02-03"), True),
        (dict(first_name="Ana", dob="1980-01-01", dob_precision="year"), True),
        (dict(first_name="Ana", last_name="Reyes", ssn="1234"), True),
        (dict(last_name="Reyes", phone="415-555-0142"), True),
        (dict(first_name="Ana", email="ana@example.org"), True),
        (dict(ssn="734112345"), True),
        (dict(first_name="Ana", last_name="Reyes", address="12 Larch St"), True),
        (dict(first_name="Ana", last_name="Reyes"), False),
        (dict(first_name="Ana", address="12 Larch St"), False),
        (dict(first_name="Ana", last_name="Reyes", zip="94102"), False),
        (dict(first_name="John", last_name="Doe", dob="1980-02-03"), False),
        (dict(first_name="A", dob="1980-02-03"), False),
        (dict(dob="1980-02-03", phone="415-555-0142"), False),
        (dict(first_name="Ana", dob="1900-01-01"), False),
        (dict(ssn="1234"), False),
    ],
)
def test_what_is_enough_to_be_a_person(record, linkable):
    rows = [FULL, {"record_id": "a", "source": "s", **record}]
    columns = sorted({key for row in rows for key in row})
    table = pa.table(
        {c: pa.array([r.get(c) for r in rows], pa.string()) for c in columns}
    )
    assert may_found(standardise(read_columns(table))).tolist() == [linkable, True]


@pytest.mark.parametrize(
    ("record", "joins"),
    [
        (dict(first_name="Ana", last_name="Reyes"), True),
        (dict(first_name="Nguyễn", address="12 Larch St"), True),
        (dict(dob="1980-02-03", phone="415-555-0142"), True),
        (dict(last_name="Reyes"), False),
        (dict(dob="1980-02-03"), False),
        (dict(first_name="John", last_name="Doe", dob="1900-01-01"), False),
        (dict(ssn="1234"), False),
        (dict(first_name="A", dob="1980-02-03"), False),
    ],
)
def test_what_is_enough_to_join_a_person(record, joins):
    rows = [FULL, {"record_id": "a", "source": "s", **record}]
    columns = sorted({key for row in rows for key in row})
    table = pa.table(
        {c: pa.array([r.get(c) for r in rows], pa.string()) for c in columns}
    )
    assert may_join(standardise(read_columns(table))).tolist() == [joins, True]


def test_a_source_of_names_and_zip_codes_alone_is_judged_by_them():
    rows = [FULL, dict(record_id="a", source="t", first_name="Ana", last_name="Paz")]
    rows[1]["zip"] = "94102"
    columns = sorted({key for row in rows for key in row})
    table = pa.table({c: [r.get(c) for r in rows] for c in columns})
    assert may_found(standardise(read_columns(table))).all()
