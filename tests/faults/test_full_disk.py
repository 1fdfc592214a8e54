"""Rows 8, 9 and 10: a small file system is really full."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import duckdb
import pytest

from dagster_project.departments import ledger
from dagster_project.places import REPOSITORY
from dagster_project.publication.marts_copy import publish_marts
from dagster_project.warehouse import SETTINGS
from tests.departments.made_up_deliveries import call, put

from .aftermath import NOW, Home, assert_survived, is_balanced, raw

pytestmark = pytest.mark.faults

MEGABYTE = 1 << 20


@contextmanager
def small_disk(at: Path, megabytes: int) -> Iterator[Path]:
    """Mount a file system of so many megabytes, or skip where nobody may."""
    at.mkdir(exist_ok=True)
    kind = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", str(at)]
    mounted = subprocess.run(kind, check=False, capture_output=True, text=True)
    if mounted.returncode:
        pytest.skip(f"no right to mount a small file system: {mounted.stderr.strip()}")
    try:
        yield at
    finally:
        subprocess.run(["umount", "-l", str(at)], check=True)


def grow(at: Path, megabytes: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={megabytes}m", str(at)], check=True)


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


def test_row_09_the_disk_is_full_while_a_query_spills(home, tmp_path):
    put(home.landing, "dem", "cad_20250707.json", json.dumps([call(1)]).encode())
    ledger_before = assert_survived(home)
    with (
        small_disk(tmp_path / "spill", 1) as disk,
        duckdb.connect(str(home.warehouse), config=SETTINGS) as connection,
    ):
        connection.execute(f"set temp_directory = '{disk}'")
        connection.execute("set memory_limit = '40MB'")
        with pytest.raises(duckdb.Error, match=r"(?i)space|memory|disk|write"):
            connection.execute(
                "create table main.big as select * from range(6000000) as t(i) "
                "order by hash(i)"
            )
    assert assert_survived(home) == ledger_before
    with duckdb.connect(str(home.warehouse), config=SETTINGS) as connection:
        assert (
            connection.sql("from duckdb_tables() where table_name = 'big'").fetchall()
            == []
        )


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
