"""What would stop a run is told before it, in one sentence that names the place."""

import duckdb
import pytest

from dagster_project.departments import ledger_tables
from dagster_project.obstacles import obstacle
from dagster_project.places import Places
from dagster_project.warehouse import open_warehouse


@pytest.fixture
def here(tmp_path) -> Places:
    (tmp_path / "landing").mkdir()
    return Places(tmp_path / "landing", tmp_path / "home" / "warehouse.duckdb")


def test_nothing_stands_in_the_way_of_a_new_or_a_good_warehouse(here):
    assert obstacle(here) == ""
    duckdb.connect(str(here.warehouse)).close()
    assert obstacle(here) == ""


def test_care_reports_of_a_release_that_knew_no_agency_must_be_read_anew(here):
    with open_warehouse(here.warehouse) as connection:
        ledger_tables.create(connection)
        connection.execute("alter table raw.fire_epcr drop column report_id")
        connection.execute("alter table raw.dem_cad_calls drop column dup_cad_number")
        ledger_tables.create(connection)
    assert obstacle(here) == "", "nothing was taken yet, so a column is added"
    with open_warehouse(here.warehouse) as connection:
        assert connection.sql("select dup_cad_number from raw.dem_cad_calls").columns
        connection.execute("alter table raw.fire_epcr drop column report_id")
        connection.execute(
            "insert into raw.fire_epcr (erecord_01, _delivery_id, "
            "_row_number) values ('R1', 'd', 1)"
        )
    assert "whatever agency wrote them" in obstacle(here)
    assert "Move it away and run again" in obstacle(here)
    with (
        open_warehouse(here.warehouse) as connection,
        pytest.raises(ledger_tables.OlderWarehouseError),
    ):
        ledger_tables.create(connection)


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
