"""The landing sensor: one run per settled change, none while a file is growing."""

from pathlib import Path

import dagster as dg
import pytest

from dagster_project.defs.automation import landing_folder, landing_state
from dagster_project.defs.resources import Warehouse


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    (tmp_path / "landing" / "hsh").mkdir(parents=True)
    return Warehouse(
        path=str(tmp_path / "warehouse.duckdb"), landing=str(tmp_path / "landing")
    )


def tick(warehouse: Warehouse, cursor: str | None):
    """Evaluate the sensor once; return what it says and the cursor after it."""
    context = dg.build_sensor_context(cursor=cursor, resources={"warehouse": warehouse})
    said = landing_folder(context)
    after = getattr(said, "cursor", None) or context.cursor
    return said, after


def test_a_change_is_run_once_and_only_when_it_has_settled(warehouse) -> None:
    said, cursor = tick(warehouse, None)
    assert isinstance(said, dg.SkipReason)

    delivery = Path(warehouse.landing, "hsh", "hmis_20250701T040000.zip")
    delivery.write_bytes(b"half")
    said, cursor = tick(warehouse, cursor)
    assert isinstance(said, dg.SkipReason), "first seen: may still be growing"

    delivery.write_bytes(b"half and the other half")
    said, cursor = tick(warehouse, cursor)
    assert isinstance(said, dg.SkipReason), "it did grow"

    said, cursor = tick(warehouse, cursor)
    assert len(said.run_requests) == 1

    said, cursor = tick(warehouse, cursor)
    assert isinstance(said, dg.SkipReason), "the same state is not run again"


@pytest.mark.parametrize("name", [".hidden", "epcr.xml.part", "epcr.xml.tmp"])
def test_what_is_still_arriving_is_no_change(warehouse, name: str) -> None:
    before = landing_state(Path(warehouse.landing))
    Path(warehouse.landing, "hsh", name).write_text("x")
    assert landing_state(Path(warehouse.landing)) == before == ""
