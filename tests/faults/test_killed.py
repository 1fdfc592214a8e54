"""Rows 1, 2, 3 and 7: processes are really killed; a rerun must end the same."""

import random
import signal
import subprocess
import sys
import time
from multiprocessing import Pipe

import duckdb
import pytest

from dagster_project.publication.marts_copy import publish_marts
from dagster_project.warehouse import SETTINGS
from tests.commands import ended, forked
from tests.departments.made_up_deliveries import city

from . import dying
from .aftermath import Home, assert_survived, is_balanced, raw, take

pytestmark = pytest.mark.faults


def killed(home: Home, **when: int) -> None:
    assert ended(forked(dying.take, home, **when)) == -signal.SIGKILL
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
        here, there = Pipe(duplex=False)
        process = forked(dying.take, home, there)
        there.close()
        here.recv()
        time.sleep(moments.uniform(0.01, 0.25))
        process.kill()
        ended(process)
        is_balanced(raw(home.warehouse))
    assert_survived(home)


def test_row_03_killed_between_the_rows_and_their_ledger_row(home):
    city(home.landing)
    for books in (1, 2):
        killed(home, books=books)
    assert_survived(home)


@pytest.mark.parametrize("moment", ["before", "after"])
def test_row_07_killed_around_the_moment_of_publishing(home, moment):
    with duckdb.connect(str(home.warehouse), config=SETTINGS) as warehouse:
        warehouse.execute("create schema marts")
        warehouse.execute("create table marts.people as select 'P9' as person_id, 9 n")
    assert ended(forked(dying.publish, home, moment)) == -signal.SIGKILL

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
