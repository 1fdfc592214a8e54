import pyarrow.parquet as pq
import pytest

from dagster_project.synthetic import truth

TABLES = {
    "people",
    "lives",
    "contacts",
    "reports",
    "offers",
    "stays",
    "outcomes",
    "index_outcomes",
    "effects",
    "injected_faults",
}


@pytest.fixture(scope="module")
def folder(village, tmp_path_factory):
    folder = tmp_path_factory.mktemp("truth")
    truth.write(village, None, folder, [{"fault": "truncated", "feed": "dem_cad"}])
    return folder


def test_every_table_is_written(folder):
    assert {file.stem for file in folder.iterdir()} == TABLES


def test_the_same_city_gives_the_same_bytes(village, folder, tmp_path):
    truth.write(village, None, tmp_path, [{"fault": "truncated", "feed": "dem_cad"}])
    for file in folder.iterdir():
        assert file.read_bytes() == (tmp_path / file.name).read_bytes(), file.name


def test_codes_are_names_and_days_are_dates(folder):
    contacts = pq.read_table(folder / "contacts.parquet")
    assert "SFHOT" in contacts["team"].to_pylist()
    assert str(contacts.schema.field("day").type) == "date32[day]"
    stays = pq.read_table(folder / "stays.parquet")
    assert stays["exit_day"].null_count > 0


def test_faults_keep_their_columns_when_there_are_none(village, tmp_path):
    truth.write(village, None, tmp_path)
    table = pq.read_table(tmp_path / "injected_faults.parquet")
    assert table.num_rows == 0
    assert table.column_names == list(truth.FAULT_COLUMNS)
