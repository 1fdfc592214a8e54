"""One finished run of the default city, for every test that only reads it.

Belongs here: making it once, whichever worker comes first. Does not belong here: tests
whose point is the run itself, or that change what it left.
"""

import fcntl
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from dagster_project.places import REPOSITORY


def finished_city(folder: Path) -> Path:
    """Return the folder, with deliveries, truth and warehouse of a finished run."""
    with alone(folder):
        if not (folder / "finished").exists():
            _run_city(folder)
            (folder / "finished").touch()
    return folder


def _run_city(folder: Path) -> None:
    environment = {
        **os.environ,
        "LANDING_DIR": str(folder / "landing"),
        "WAREHOUSE_PATH": str(folder / "warehouse.duckdb"),
        "DBT_TARGET_PATH": str(folder / "dbt_target"),
    }
    for arguments in (["demo-data", "--out", str(folder / "landing")], ["run"]):
        done = subprocess.run(
            [sys.executable, "-m", "dagster_project.cli", *arguments],
            cwd=REPOSITORY,
            env=environment,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr[-4000:]


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder while it is filled: of several workers one does it."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
