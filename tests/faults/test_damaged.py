"""Rows 11 to 14: a damaged warehouse, and others at it."""

import random
from multiprocessing import Pipe
from pathlib import Path

import duckdb
import pytest

from dagster_project.obstacles import obstacle
from dagster_project.places import Places
from dagster_project.runs import RunFailedError, the_only_run
from dagster_project.warehouse import SETTINGS, WarehouseBusyError, open_warehouse
from tests.commands import ended, forked
from tests.departments.made_up_deliveries import city

from . import dying
from .aftermath import Home, assert_survived, marts_are_readable, raw, take

pytestmark = pytest.mark.faults


@pytest.fixture
def full(home: Home) -> Home:
    city(home.landing)
    take(home)
    return home


def places(home: Home) -> Places:
    return Places(home.landing, home.warehouse)


@pytest.mark.parametrize("left", [0.5, 0.01])
def test_row_11_a_truncated_warehouse_is_told_and_made_anew(full, left):
    whole = full.warehouse.read_bytes()
    full.warehouse.write_bytes(whole[: int(len(whole) * left)])
    told = obstacle(places(full))
    assert str(full.warehouse) in told
    assert "is damaged" in told
    assert "the deliveries in the landing folder make all of it anew" in told
    marts_are_readable(full)
    full.warehouse.unlink()
    assert_survived(full)


def test_row_12_no_flipped_bit_is_believed(full):
    expected, whole = raw(full.warehouse), full.warehouse.read_bytes()
    draw, copy = random.Random(12), full.folder / "copy.duckdb"
    noticed = 0
    for _ in range(20):
        spoiled = bytearray(whole)
        at = draw.randrange(len(spoiled) - 64)
        spoiled[at : at + 64] = draw.randbytes(64)
        copy.write_bytes(spoiled)
        try:
            found = raw(copy)
        except duckdb.Error:
            noticed += 1
        else:
            assert found == expected, "wrong data without a word"
        for path in full.folder.glob("copy.duckdb*"):
            path.unlink()
    assert noticed
    assert_survived(full)


@pytest.fixture
def held(full: Home):
    """Let another process hold the warehouse, as a run does."""
    here, there = Pipe()
    holder = forked(dying.hold, full, there)
    assert here.recv() == "held"
    yield full, holder.pid
    here.send("enough")
    assert ended(holder) == 0


def test_row_13_a_second_run_is_told_who_has_the_warehouse(held):
    home, pid = held
    with (
        pytest.raises(RunFailedError, match=rf"Another run \(process {pid}\)"),
        the_only_run(places(home)),
    ):
        pytest.fail("two runs at once")
    assert obstacle(places(home)) == ""


def test_row_14_readers_are_sent_to_the_published_copy(held):
    home, _ = held
    with (
        pytest.raises(WarehouseBusyError, match=str(home.marts)),
        open_warehouse(Path(home.warehouse), read_only=True),
    ):
        pytest.fail("a reader opened what a run is writing")
    marts_are_readable(home)


def test_rows_13_and_14_the_lock_dies_with_its_process(full):
    here, there = Pipe()
    holder = forked(dying.hold, full, there)
    assert here.recv() == "held"
    holder.kill()
    ended(holder)
    with the_only_run(places(full)):
        pass
    (full.folder / ".run.lock").unlink()
    with duckdb.connect(str(full.warehouse), config=SETTINGS):
        pass
    assert_survived(full)
