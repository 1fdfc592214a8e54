"""Rows 4, 5, 9 and 54: one home is stopped at every stage in turn, then finished.

Each time it goes further than before, killed with SIGKILL at some moment after the
run's progress says that the stage named here has begun, or left without a block of
disk; what is left of all of them together must be what a run makes that nobody
disturbed. The last is killed when all but the copy is made, so the run after it is also
one on the same deliveries again: a file that lies there twice changes nothing either.
"""

import random
import shutil
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pytest

from dagster_project.warehouse import SETTINGS
from tests.commands import Call

from .disks import fill, perhaps_small_disk
from .whole_runs import contents, finish, is_balanced, leftovers, start, tables

KILL_WHEN_DONE = [
    "raw expectations",  # while dbt builds staging and intermediate
    "build client records",  # while records are linked
    "link people",  # between the ledger of identities and the marts
    "marts expectations",  # while the marts are copied
]
"""Stages whose end starts the stage that is killed."""

FULL_WHEN_DONE = "raw expectations"
"""Stage after which the disk is full, so that dbt finds no room."""
DISK = 800
"""Megabytes: some times what the village takes."""

pytestmark = [pytest.mark.faults, pytest.mark.city]


def test_rows_04_05_09_and_54_stopped_at_every_stage_and_run_again(
    landing: Path, tmp_path: Path, finished: Path, undisturbed: dict[str, str]
) -> None:
    home, incoming = tmp_path / "home", tmp_path / "landing"
    shutil.copytree(landing, incoming)
    good = (finished / "marts.duckdb").read_bytes()
    moments = random.Random(5)
    with perhaps_small_disk(home, DISK) as refused:
        (home / "marts.duckdb").write_bytes(good)
        *earlier, last = KILL_WHEN_DONE
        for stage in earlier:
            with started(incoming, home, stage) as run:
                time.sleep(moments.uniform(0, 1))
                run.send_signal(signal.SIGKILL)
            is_as_before(run, home, good)
        if not refused:
            with started(incoming, home, FULL_WHEN_DONE) as run:
                filler = fill(home)
                _, errors = run.communicate()
            assert run.returncode == 1, "row 9"
            assert "the last good marts are unchanged" in errors
            assert "its disk is full; make room and run again" in errors
            assert "Traceback" not in errors
            assert (home / "marts.duckdb").read_bytes() == good, "the last good marts"
            filler.unlink()
        with started(incoming, home, last) as run:  # what comes is over in no time
            run.send_signal(signal.SIGKILL)
        is_as_before(run, home, good)
        old = incoming / "datasf" / "cases_20250101T120000.csv"
        shutil.copy(old, old.with_name("the same once more.csv"))
        finish(start(incoming, home))
        after = contents(home)
        assert after == undisturbed, "no delivery, no identity event, no id is new"
        assert tables(home, "marts.duckdb") == tables(finished, "marts.duckdb")
        assert leftovers(home) == []
        is_balanced(home)


def is_as_before(run: Call, home: Path, good: bytes) -> None:
    """Assert that a run was killed, left the last good marts, and balanced books."""
    assert run.returncode == -signal.SIGKILL
    assert (home / "marts.duckdb").read_bytes() == good, "the last good marts"
    if (home / "warehouse.duckdb").exists():
        is_balanced_once_open(home)


@contextmanager
def started(landing: Path, home: Path, stage: str) -> Iterator[Call]:
    """Yield a run in the moment in which a stage is done; wait for its end."""
    run = start(landing, home)
    for line in run.stderr:
        if line.startswith(f"✓ {stage} "):
            break
    else:
        pytest.fail(f"the run never said that '{stage}' was done")
    try:
        yield run
    finally:
        run.communicate()


def is_balanced_once_open(home: Path) -> None:
    """Look at a killed run's books in a copy, so that the rerun finds what it left."""
    copy = home.with_name("copy")
    copy.mkdir()
    for path in home.glob("warehouse.duckdb*"):
        shutil.copyfile(path, copy / path.name)
    with duckdb.connect(str(copy / "warehouse.duckdb"), config=SETTINGS) as killed:
        has_books = killed.sql(
            "from duckdb_tables() where table_name = 'deliveries'"
        ).fetchall()
        killed.execute("create schema if not exists staging")
        for schema, table in killed.sql(
            "select schema_name, table_name from duckdb_tables() "
            "where table_name like '%__dbt_tmp'"
        ).fetchall():
            killed.execute(f'drop table {schema}."{table}"')
    if has_books:
        is_balanced(copy)
    shutil.rmtree(copy)
