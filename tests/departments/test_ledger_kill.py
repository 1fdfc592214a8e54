"""Kill the taking of deliveries at many moments; a rerun must end the same."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from .made_up_deliveries import city

REPOSITORY = Path(__file__).resolve().parents[2]
TAKE = """
import os, sys
from datetime import datetime
from pathlib import Path
import duckdb
from dagster_project.departments import group, ledger, ledger_tables

left = dict(clock=int(sys.argv[3]), insert=int(sys.argv[4]))
group.GROUP_DELIVERIES, group.SMALL_BYTES = map(int, sys.argv[5:])
insert = ledger_tables.insert

def count(what):
    left[what] -= 1
    if left[what] == 0:
        os.kill(os.getpid(), 9)

def clock():
    count("clock")
    return datetime(2025, 8, 1)

def counted(*told):
    count("insert")
    return insert(*told)

ledger_tables.insert = counted
with duckdb.connect(sys.argv[1]) as connection:
    print("open", flush=True)
    ledger.take_all(connection, Path(sys.argv[2]), clock=clock)
"""


def start(
    warehouse: Path,
    folder: Path,
    calls: int = -1,
    *,
    inserts: int = -1,
    deliveries: int = 3,
    small: int = 1 << 20,
) -> subprocess.Popen:
    numbers = map(str, (calls, inserts, deliveries, small))
    return subprocess.Popen(
        [sys.executable, "-c", TAKE, str(warehouse), str(folder), *numbers],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
    )


def tables(warehouse: Path) -> dict[str, list]:
    with duckdb.connect(warehouse) as connection:
        names = connection.sql(
            "select table_name from duckdb_tables() where schema_name = 'raw'"
        ).fetchall()
        return {
            name: connection.sql(f"from raw.{name} order by all").fetchall()
            for (name,) in names
        }


def is_consistent(found: dict[str, list]) -> bool:
    loaded = sum(row[12] for row in found.get("deliveries", []))
    ledger_tables = {"deliveries", "quarantined_rows", "left_out_rows", "withheld_keys"}
    rows = sum(len(r) for name, r in found.items() if name not in ledger_tables)
    return loaded == rows


@pytest.fixture
def clean(tmp_path, landing_dir) -> dict[str, list]:
    city(landing_dir)
    with start(tmp_path / "clean.duckdb", landing_dir) as process:
        process.communicate()
    return tables(tmp_path / "clean.duckdb")


@pytest.mark.faults
def test_killed_just_before_a_ledger_row(tmp_path, landing_dir, clean):
    warehouse = tmp_path / "killed.duckdb"
    for calls in (1, 5, 2):
        with start(warehouse, landing_dir, calls) as process:
            process.communicate()
        assert process.returncode == -signal.SIGKILL
        assert is_consistent(tables(warehouse))
    with start(warehouse, landing_dir) as process:
        process.communicate()
    assert tables(warehouse) == clean


@pytest.mark.faults
@pytest.mark.parametrize("small", [1 << 20, 1])
def test_killed_in_the_middle_of_a_transaction(tmp_path, landing_dir, clean, small):
    warehouse = tmp_path / "killed.duckdb"
    for inserts in (2, 5, 4):
        with start(warehouse, landing_dir, inserts=inserts, small=small) as process:
            process.communicate()
        assert process.returncode == -signal.SIGKILL
        assert is_consistent(tables(warehouse))
    with start(warehouse, landing_dir) as process:
        process.communicate()
    assert tables(warehouse) == clean


@pytest.mark.faults
def test_killed_at_random_moments(tmp_path, landing_dir, clean):
    warehouse, moments = tmp_path / "killed.duckdb", random.Random(7)
    for _ in range(5):
        with start(warehouse, landing_dir) as process:
            process.stdout.readline()
            time.sleep(moments.uniform(0.01, 0.25))
            os.kill(process.pid, signal.SIGKILL)
        if warehouse.exists():
            assert is_consistent(tables(warehouse))
    with start(warehouse, landing_dir) as process:
        process.communicate()
    assert tables(warehouse) == clean
