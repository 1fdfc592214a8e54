"""Finished runs of the default city and of a village, for tests that read or copy them.

Belongs here: making them, with a Python of its own for each command. Does not belong
here: tests whose point is the run itself.
"""

import os
from pathlib import Path

from tests.commands import anew
from tests.faults import troubled_village

AS_OF = "2026-07-05T12:00:00"
"""The clock of the village's run."""


def run_city(folder: Path) -> None:
    """Fill a folder with deliveries, truth and warehouse of a finished run."""
    landing = folder / "landing"
    _throughline(landing, folder, "demo-data", "--out", str(landing))
    _throughline(landing, folder, "run")


def run_village(folder: Path) -> None:
    """Fill a folder with a village's deliveries, with trouble among them, and a home.

    Clock and key behind person ids are fixed; what the run said is in ``home/told``.
    """
    landing, home = troubled_village.lay_down(folder), folder / "home"
    home.mkdir()
    (home / "person_id.key").write_text("5e" * 32)
    told = _throughline(landing, home, "run", "--as-of", AS_OF)
    (home / "told").write_text(told)


def environment(landing: Path, home: Path) -> dict[str, str]:
    """Return this process's environment with the places of a run."""
    return {
        **os.environ,
        "LANDING_DIR": str(landing),
        "WAREHOUSE_PATH": str(home / "warehouse.duckdb"),
        "DBT_TARGET_PATH": str(home / "dbt_target"),
    }


def _throughline(landing: Path, home: Path, *words: str) -> str:
    done = anew(*words, environment=environment(landing, home))
    assert done.returncode == 0, done.stderr[-4000:]
    return done.stdout + done.stderr
