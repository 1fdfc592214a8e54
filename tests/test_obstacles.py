"""What would stop a run is told before it, in one sentence that names the place."""

import duckdb
import pytest

from dagster_project.obstacles import obstacle
from dagster_project.places import Places


@pytest.fixture
def here(tmp_path) -> Places:
    (tmp_path / "landing").mkdir()
    return Places(tmp_path / "landing", tmp_path / "home" / "warehouse.duckdb")


def test_nothing_stands_in_the_way_of_a_new_or_a_good_warehouse(here):
    assert obstacle(here) == ""
    duckdb.connect(str(here.warehouse)).close()
    assert obstacle(here) == ""


@pytest.mark.faults
@pytest.mark.parametrize("content", [b"", b"not a database, but text\n"])
def test_what_is_no_database_is_left_alone(here, content):
    here.warehouse.parent.mkdir()
    here.warehouse.write_bytes(content)
    assert "is not a DuckDB database" in obstacle(here)
    assert here.warehouse.read_bytes() == content


@pytest.mark.faults
def test_places_that_cannot_be_used(here, tmp_path):
    here.warehouse.mkdir(parents=True)
    assert "is a folder; name a file" in obstacle(here)
    (tmp_path / "file").write_text("")
    in_a_file = Places(here.landing, tmp_path / "file" / "warehouse.duckdb")
    assert "cannot be written to" in obstacle(in_a_file)
    nowhere = Places(tmp_path / "nowhere", here.warehouse)
    assert obstacle(nowhere).startswith("LANDING_DIR")
