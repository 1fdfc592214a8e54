"""Rows 8 and 10: a small file system is really full. Row 9 is in the whole runs."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import adbc_driver_postgresql.dbapi as postgres
import duckdb
import pytest

from dagster_project.departments import ledger
from dagster_project.governance.in_force import checked
from dagster_project.places import REPOSITORY
from dagster_project.publication.marts_copy import publish_marts
from dagster_project.shared_warehouse.embedded import serving
from dagster_project.shared_warehouse.from_agreement import terms_of
from dagster_project.shared_warehouse.logins import EXAMPLES
from dagster_project.shared_warehouse.steps import PublishError
from dagster_project.warehouse import SETTINGS
from tests.departments.made_up_deliveries import call, put
from tests.shared_warehouse import small_warehouse
from tests.shared_warehouse.conftest import Database

from .aftermath import NOW, Home, assert_survived, is_balanced, raw
from .disks import fill, grow, small_disk

pytestmark = pytest.mark.faults


@pytest.fixture
def cramped(home: Home, tmp_path: Path) -> Iterator[Home]:
    """Put the warehouse on a disk of 3 MB, and a delivery beside it that needs more."""
    rows = [call(n, call_type_final_notes=os.urandom(400).hex()) for n in range(9_000)]
    put(home.landing, "dem", "cad_20250714.json", json.dumps(rows).encode())
    put(home.landing, "dem", "cad_20250707.json", json.dumps([call(1)]).encode())
    with small_disk(tmp_path / "disk", 3) as disk:
        (disk / "marts.duckdb").write_bytes(home.marts.read_bytes())
        yield replace(home, folder=disk)


def test_row_08_the_disk_is_full_while_a_delivery_is_loaded(cramped):
    with (
        duckdb.connect(str(cramped.warehouse), config=SETTINGS) as connection,
        pytest.raises(duckdb.Error, match=r"(?i)space|write|fsync|enough"),
    ):
        ledger.take_all(connection, cramped.landing, clock=lambda: NOW)
    is_balanced(raw(cramped.warehouse))
    grow(cramped.folder, 64)
    after = assert_survived(cramped)
    assert len(after["dem_cad_calls"]) == 9_001


QUOTA = """
import resource, sys
from datetime import datetime
from pathlib import Path
import duckdb
from dagster_project.departments import arriving, ledger
from dagster_project.warehouse import SETTINGS

arriving.SETTLE_SECONDS = 0
with duckdb.connect(sys.argv[1], config=SETTINGS) as connection:
    resource.setrlimit(resource.RLIMIT_FSIZE, (2 << 20, resource.RLIM_INFINITY))
    now = datetime(2025, 8, 1, 6)
    ledger.take_all(connection, Path(sys.argv[2]), clock=lambda: now)
"""


def test_row_08_a_quota_is_used_up_while_a_delivery_is_loaded(home):
    rows = [call(n, call_type_final_notes=os.urandom(400).hex()) for n in range(9_000)]
    put(home.landing, "dem", "cad_20250714.json", json.dumps(rows).encode())
    put(home.landing, "dem", "cad_20250707.json", json.dumps([call(1)]).encode())
    stopped = subprocess.run(
        [sys.executable, "-c", QUOTA, home.warehouse, home.landing],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=False,
    )
    assert stopped.returncode == 1, stopped.stderr
    assert "File too large" in stopped.stderr
    assert len(assert_survived(home)["dem_cad_calls"]) == 9_001


def test_row_10_the_disk_is_full_while_the_marts_are_published(home, tmp_path):
    with duckdb.connect(str(home.warehouse), config=SETTINGS) as warehouse:
        warehouse.execute("create schema marts")
        warehouse.execute(
            "create table marts.people as select uuid()::varchar || i as person_id, "
            "1 as n from range(200000) as t(i)"
        )
        with small_disk(tmp_path / "disk", 2) as disk:
            cramped = replace(home, folder=disk)
            cramped.marts.write_bytes(home.marts.read_bytes())
            with pytest.raises(duckdb.Error):
                publish_marts(warehouse, cramped.marts, bytes(32))
            assert [path.name for path in disk.iterdir()] == ["marts.duckdb"]
            with duckdb.connect(str(cramped.marts), read_only=True) as copy:
                assert copy.sql("select count(*) from people").fetchone() == (2,)
            grow(disk, 64)
            assert publish_marts(warehouse, cramped.marts, bytes(32)) == {
                "people": 200_000
            }


@pytest.fixture
def open_folder() -> Iterator[Path]:
    """Yield a folder that PostgreSQL's own user may enter, unlike pytest's."""
    folder = Path(tempfile.mkdtemp(prefix="throughline-"))
    folder.chmod(0o755)
    yield folder
    shutil.rmtree(folder)


CONFERENCE, AUDITOR = EXAMPLES["case_conference"], EXAMPLES["auditor"]
OPENED = "select department from open_case('p_shared', 'the disk is full')"
RELEASE = """
select
    (select count(*) from identified.client_records),
    (select count(*) from held.people),
    (select count(*) from public.releases)
"""


def test_row_10_the_disk_of_the_shared_warehouse_is_full(open_folder):
    terms = terms_of(checked(REPOSITORY / "agreement.yaml"))
    more = tuple(
        small_warehouse.Record("hsh", f"9{n:04}", f"p_more_{n}", "Ọlá", f"Quispe {n}")
        for n in range(3_000)
    )
    small = small_warehouse.make(open_folder / "small.duckdb")
    records = small_warehouse.RECORDS + more
    larger = small_warehouse.make(open_folder / "larger.duckdb", records)
    with small_disk(open_folder / "disk", 180) as disk:
        disk.chmod(0o755)
        with serving(disk / "postgres") as server:
            database = Database(server, "throughline")
            database.publish(small, terms)
            database.add_login(CONFERENCE, "case_conference")
            database.add_login(AUDITOR, "auditor")
            before = database.ask(RELEASE)
            filler = fill(disk)
            with pytest.raises(PublishError) as told:
                database.publish(larger, terms)
            assert "No space left" in str(told.value)
            assert "Quispe" not in str(told.value)
            try:
                shown = database.ask(OPENED, CONFERENCE)
            except postgres.Error:
                shown = []
            filler.unlink()
        with serving(disk / "postgres") as server:
            database = Database(server, "throughline", database.passwords)
            assert database.ask(RELEASE) == before, "readers have the last release"
            asked = "select 1 from audit.events where purpose = 'the disk is full'"
            events = database.ask(asked, AUDITOR)
            assert bool(events) == bool(shown), "nobody saw a case without a trace"
            database.publish(larger, terms)
            (after,) = database.ask(RELEASE)
    assert after[0] == before[0][0] + len(more)
    assert after[2] == before[0][2] + 1, "and the release that failed is none"
