"""Rows 1, 2, 3 and 7: processes are really killed; a rerun must end the same."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from dagster_project.publication.marts_copy import publish_marts
from dagster_project.warehouse import SETTINGS
from tests.departments.made_up_deliveries import city

from .aftermath import Home, assert_survived, is_balanced, raw, take

REPOSITORY = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.faults

TAKE = """
import os, sys
from datetime import datetime
from pathlib import Path
import duckdb
from dagster_project.departments import arriving, group, ledger, ledger_tables

arriving.SETTLE_SECONDS = 0
left = dict(book=int(sys.argv[3]), insert=int(sys.argv[4]))
group.GROUP_DELIVERIES, group.SMALL_BYTES = map(int, sys.argv[5:])
insert, book = ledger_tables.insert, ledger_tables.insert_records

def count(what):
    left[what] -= 1
    if left[what] == 0:
        os.kill(os.getpid(), 9)

def booked(connection, table, records):
    if table == "deliveries":
        count("book")
    book(connection, table, records)

def counted(*told):
    count("insert")
    return insert(*told)

ledger_tables.insert, ledger_tables.insert_records = counted, booked
with duckdb.connect(sys.argv[1]) as connection:
    print("open", flush=True)
    now = datetime(2025, 8, 1, 6)
    ledger.take_all(connection, Path(sys.argv[2]), clock=lambda: now)
"""


def start(
    home: Home,
    *,
    books: int = -1,
    inserts: int = -1,
    deliveries: int = 3,
    small: int = 1 << 20,
) -> subprocess.Popen:
    numbers = map(str, (books, inserts, deliveries, small))
    return subprocess.Popen(
        [sys.executable, "-c", TAKE, str(home.warehouse), str(home.landing), *numbers],
        cwd=REPOSITORY,
        stdout=subprocess.PIPE,
    )


def killed(home: Home, **when: int) -> None:
    with start(home, **when) as process:
        process.communicate()
    assert process.returncode == -signal.SIGKILL
    is_balanced(raw(home.warehouse))


WRITE = """
import sys, time
rows = open(sys.argv[1], "rb").read()
with open(sys.argv[2], "wb") as target:
    for at in range(0, len(rows) // 2, 50):
        target.write(rows[at : at + 50])
        target.flush()
        print("more", flush=True)
        time.sleep(0.02)
    time.sleep(600)
"""
"""Writes the first half of a file and holds it open until it is killed."""


@pytest.mark.parametrize("ending", ["", ".part"])
def test_row_01_a_sender_killed_in_the_middle_of_a_file(home, tmp_path, ending):
    city(home.landing, weeks=1)
    path = home.landing / "dem" / "cad_20250707T040000.json"
    whole = tmp_path / "whole.json"
    path.rename(whole)
    target = path.with_name(path.name + ending)
    with subprocess.Popen(
        [sys.executable, "-c", WRITE, str(whole), str(target)], stdout=subprocess.PIPE
    ) as sender:
        for _ in range(3):
            sender.stdout.readline()
        half = [o for o in take(home) if o.feed == "dem_cad"]
        assert half == [], "a file with an open writer was taken"
        sender.kill()
    after = [o for o in take(home) if o.feed == "dem_cad"]
    assert [o.status for o in after] == ([] if ending else ["quarantined"])
    assert not raw(home.warehouse)["dem_cad_calls"]
    target.unlink()
    whole.rename(path)
    assert [o.status for o in take(home) if o.feed == "dem_cad"] == ["taken"]
    assert_survived(home, clean=bool(ending))


@pytest.mark.parametrize("small", [1 << 20, 1])
def test_row_02_killed_in_the_middle_of_a_load(home, small):
    city(home.landing)
    for inserts in (2, 5, 4):
        killed(home, inserts=inserts, small=small)
    assert_survived(home)


def test_row_02_killed_at_random_moments(home):
    city(home.landing)
    moments = random.Random(7)
    for _ in range(4):
        with start(home) as process:
            process.stdout.readline()
            time.sleep(moments.uniform(0.01, 0.25))
            os.kill(process.pid, signal.SIGKILL)
        is_balanced(raw(home.warehouse))
    assert_survived(home)


def test_row_03_killed_between_the_rows_and_their_ledger_row(home):
    city(home.landing)
    for books in (1, 2):
        killed(home, books=books)
    assert_survived(home)


PUBLISH = """
import os, sys
from pathlib import Path
import duckdb
from dagster_project.publication import marts_copy

replace = os.replace

def killed(source, target):
    if sys.argv[3] == "after":
        replace(source, target)
    os.kill(os.getpid(), 9)

marts_copy.os.replace = killed
with duckdb.connect(sys.argv[1], config=marts_copy.SETTINGS) as warehouse:
    marts_copy.publish_marts(warehouse, Path(sys.argv[2]), bytes(32))
"""


@pytest.mark.parametrize("moment", ["before", "after"])
def test_row_07_killed_around_the_moment_of_publishing(home, moment):
    with duckdb.connect(str(home.warehouse), config=SETTINGS) as warehouse:
        warehouse.execute("create schema marts")
        warehouse.execute("create table marts.people as select 'P9' as person_id, 9 n")
    process = subprocess.run(
        [sys.executable, "-c", PUBLISH, home.warehouse, home.marts, moment],
        cwd=REPOSITORY,
        check=False,
    )
    assert process.returncode == -signal.SIGKILL

    def read() -> list[tuple]:
        with duckdb.connect(str(home.marts), read_only=True, config=SETTINGS) as copy:
            return copy.sql("from people order by all").fetchall()

    old = [("P1", 3), ("P2", 1)]
    assert read() == (old if moment == "before" else [("P9", 9)]), "whole, old or new"
    for _ in range(2):
        with duckdb.connect(str(home.warehouse), config=SETTINGS) as warehouse:
            publish_marts(warehouse, home.marts, bytes(32))
        assert read() == [("P9", 9)]
    assert not list(home.folder.glob("*.tmp*"))
