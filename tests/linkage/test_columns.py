import pyarrow as pa
import pytest

from dagster_project.linkage.columns import UnreadableRecords, read_columns


def test_other_names_of_columns_are_understood_and_rows_are_sorted():
    table = pa.table({"record_id": ["b", "a"], "surname": ["Oh", "Xu"], "shoe": [1, 2]})
    read = read_columns(table)
    assert read.to_pydict() == {
        "client_record_id": ["a", "b"],
        "last_name": ["Xu", "Oh"],
    }


def test_a_stated_name_wins():
    table = pa.table({"key": ["a"], "last_name": ["Xu"], "birth_name": ["Oh"]})
    read = read_columns(table, {"key": "client_record_id", "birth_name": "last_name"})
    assert read["last_name"].to_pylist() == ["Oh"]


@pytest.mark.parametrize(
    ("columns", "said"),
    [
        ({"name": ["x"]}, "no column client_record_id"),
        ({"record_id": ["a", None]}, "1 rows are null"),
        ({"record_id": ["a", "b", "a"]}, "'a' is not unique"),
    ],
)
def test_a_table_that_cannot_be_linked_is_refused_in_words(columns, said):
    with pytest.raises(UnreadableRecords, match=said):
        read_columns(pa.table(columns))
