import datetime
import decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from dagster_project.linkage.columns import UnreadableRecords
from dagster_project.linkage.people_columns import choose_columns, suggest
from dagster_project.linkage.people_file import read_people, text_of


def read(path, said=None):
    return read_people(path, said.append if said is not None else pytest.fail)


def csv(tmp_path, content, name="people.csv"):
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def test_a_csv_is_text_only(tmp_path):
    path = csv(
        tmp_path,
        "\ufeffrecord_id,last_name,zip,ssn,address\r\n"
        '007,"Nguyễn, Thị ""Hoa""",02134,0042,"1 Main St\nApt 2"\r\n'
        "8,NA,,,\r\n",
    )
    assert read(path).to_pydict() == {
        "record_id": ["007", "8"],
        "last_name": ['Nguyễn, Thị "Hoa"', "NA"],
        "zip": ["02134", None],
        "ssn": ["0042", None],
        "address": ["1 Main St\nApt 2", None],
    }


def test_latin_1_is_read_with_a_notice(tmp_path):
    path = csv(tmp_path, "record_id,last_name\n1,Muñoz\n".encode("latin-1"))
    said = []
    assert read(path, said)["last_name"].to_pylist() == ["Muñoz"]
    assert len(said) == 1 and "Latin-1" in said[0]


@pytest.mark.parametrize(
    ("values", "text"),
    [
        (pa.array([94103.0, None, float("nan"), 2134.5]), "94103 None None 2134.5"),
        (pa.array([4155550123.0, 1e300]), "4155550123 1e+300"),
        (pa.array([7, -1, None]), "7 -1 None"),
        (pa.array([datetime.date(1980, 2, 1), None]), "1980-02-01 None"),
        (pa.array([datetime.datetime(1980, 2, 1)]), "1980-02-01"),
        (pa.array([datetime.datetime(1980, 2, 1, 7, 5)]), "1980-02-01T07:05:00"),
        (pa.array([datetime.datetime(1980, 2, 1)], pa.timestamp("ns")), "1980-02-01"),
        (pa.array([decimal.Decimal("941.00")]), "941"),
        (pa.array(["Ana", ""]).dictionary_encode(), "Ana None"),
        (pa.array([["Red", "Slim"], None]), "Red;Slim None"),
        (pa.array([True]), "true"),
        (pa.array([None, None]), "None None"),
        (pa.array([b"Ana"]), "Ana"),
        (pa.array(["Ana"], pa.large_string()), "Ana"),
        (pa.array([], pa.float32()), ""),
    ],
)
def test_any_plain_type_becomes_text(values, text):
    found = text_of(pa.chunked_array([values]), "x")
    assert found.type == pa.string()
    assert " ".join(map(str, found.to_pylist())) == text


def test_structures_are_refused():
    with pytest.raises(UnreadableRecords, match="column 'dob' holds struct"):
        text_of(pa.chunked_array([pa.array([{"year": 1980}])]), "dob")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("missing.csv", None, "does not exist"),
        ("people.xlsx", b"PK\x03\x04", "neither .csv nor .parquet"),
        ("people.csv", b"PK\x03\x04...", "no text file"),
        ("people.csv", b"record_id\n\x00\x01\n", "no text file"),
        ("people.csv", b"", "is empty"),
        ("people.csv", b"\xef\xbb\xbf\r\n", "is empty"),
        ("people.csv", "record_id,dob\n1,2\n".encode("utf-16"), "UTF-16"),
        ("people.csv", b"record_id;dob\n1;2\n", "separated by ';'"),
        ("people.csv", b"record_id\tdob\n1\t2\n", "separated by tabs"),
        ("people.csv", b"record_id,dob\n1,Ana,3\n", "3 fields where the header has 2"),
        ("people.csv", b"record_id,dob,dob\n1,2,3\n", "'dob' stands there twice"),
        ("people.parquet", b"record_id,dob\n1,2\n", "no Parquet file, or is damaged"),
        ("people.parquet", b"PAR1" + b"\0" * 50, "no Parquet file, or is damaged"),
    ],
)
def test_a_file_that_cannot_be_read_gets_one_sentence(tmp_path, name, content, said):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UnreadableRecords, match=said) as raised:
        read(path)
    assert "\n" not in str(raised.value) and "Ana" not in str(raised.value)


def test_a_folder_is_refused(tmp_path):
    with pytest.raises(UnreadableRecords, match="is a folder"):
        read(tmp_path)


def test_a_truncated_parquet_file_is_refused(tmp_path):
    path = tmp_path / "people.parquet"
    pq.write_table(pa.table({"record_id": list(range(1000))}), path)
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(UnreadableRecords, match="is damaged"):
        read(path)


def people(columns, **how):
    return choose_columns(pa.table(columns), "people.csv", **how)


@pytest.mark.parametrize(
    ("columns", "how", "said"),
    [
        ({"id": ["a"], "dob": ["x"]}, {}, "did you mean 'id'.*--rename id=record_id"),
        ({"recordnr": ["a"], "dob": ["x"]}, {}, "did you mean 'recordnr'"),
        ({"foo": ["a"]}, {}, "its columns are: foo"),
        ({"record_id": ["a", None, None]}, {}, "empty in 2 records.*row 2, 3"),
        ({"record_id": ["a", ""]}, {}, "empty in 1 record,"),
        ({"record_id": [1, 1, 2, 2, 3]}, {}, "2 values stand more than once: '1', '2'"),
        ({"record_id": ["a"]}, {}, "none of the columns people are linked by"),
        ({"record_id": ["a"], "surname": ["Xu"]}, {}, "'surname' as last_name"),
        ({"record_id": ["a"], "source": ["x"]}, {}, "none of the columns"),
        ({"record_id": ["a"], "dob": [None]}, {}, "dob hold no value"),
        ({"record_id": ["a"], "died_on": ["2025-01-01"]}, {}, "none of the columns"),
        ({"record_id": [], "dob": []}, {}, "holds no records"),
        ({"record_id": ["a"], "dob": ["x"]}, {"extras": ["job"]}, "no column 'job'"),
        (
            {"record_id": ["a"], "jobs": ["x"]},
            {"extras": ["job"]},
            "did you mean 'jobs'",
        ),
        ({"record_id": ["a"], "dob": ["x"]}, {"extras": ["dob"]}, "is read anyway"),
        (
            {"record_id": ["a"], "x": [1], "y": [2], "z": [3]},
            {"extras": ["x", "y", "z"]},
            "at most 2",
        ),
        (
            {"record_id": ["a"], "born": ["x"]},
            {"renamed": {"born": "birthday"}},
            "did you mean 'dob'",
        ),
    ],
)
def test_a_table_that_cannot_be_linked_gets_one_sentence(columns, how, said):
    with pytest.raises(UnreadableRecords, match=said) as raised:
        people(columns, **how)
    assert "\n" not in str(raised.value)


def test_unknown_columns_are_named_and_left_out():
    found = people(
        {
            "record_id": [1],
            "dob": ["1980-01-02"],
            "date_of_birth": ["x"],
            "Gender": ["f"],
            "shoe_size": [9],
        }
    )
    assert found.table.column_names == ["record_id", "dob"]
    assert found.id_type == pa.int64()
    assert [(u.column, u.suggestion) for u in found.unknown] == [
        ("date_of_birth", None),
        ("Gender", "sex"),
        ("shoe_size", None),
    ]


@pytest.mark.parametrize(
    ("column", "meant"),
    [
        ("given_name", "first_name"),
        ("Surname", "last_name"),
        ("birth date", "dob"),
        ("ssn_last4", "ssn"),
        ("postcode", "zip"),
        ("Date of Death", "died_on"),
        ("last contact", "last_seen_on"),
        ("frist_name", "first_name"),
        ("favourite_colour", None),
    ],
)
def test_a_column_that_may_be_meant_is_suggested(column, meant):
    assert suggest(column, set()) == meant


def test_columns_can_be_renamed_and_extra_ones_compared():
    found = people(
        {"key": ["a"], "dob": ["x"], "surname": ["Xu"], "last_name": ["Oh"], "j": [3]},
        extras=["j"],
        renamed={"key": "record_id", "surname": "last_name"},
    )
    assert found.table.to_pydict() == {
        "record_id": ["a"],
        "last_name": ["Xu"],
        "dob": ["x"],
        "extra_1": ["3"],
    }
    assert [u.column for u in found.unknown] == ["last_name"]


def test_the_warehouses_columns_are_read():
    found = people(
        {
            "client_record_id": ["a"],
            "source_system": ["hmis"],
            "birth_year_low": [1980.0],
            "birth_year_high": ["about 1990"],
            "ssn": [42.0],
        }
    )
    assert found.table.to_pydict() == {
        "record_id": ["a"],
        "source": ["hmis"],
        "ssn": ["0042"],
        "birth_year_low": ["1980"],
        "birth_year_high": [None],
    }
