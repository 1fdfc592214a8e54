"""What holding to the sharing agreement costs of a whole run.

The functions by which a run reads the agreement, holds deliveries to it and lays out
its terms are timed in a run of its own, and set against all the processor time of that
run. The clock around each call is counted with it, so the share is an upper bound.
"""

import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from dagster_project.places import REPOSITORY

TIMED = {
    "dagster_project.governance.in_force": ("in_force",),
    "dagster_project.departments.agreed": (
        "agreed_feed",
        "cut_columns",
        "cut_document",
    ),
    "dagster_project.departments.narrowing": ("narrow",),
    "dagster_project.governance.consent_tables": ("write_tables",),
}
"""Module to the functions in which a run does what the agreement asks. In a warehouse
that begins, none of them calls another."""
HEAD = f"{'people':>8} {'run CPU s':>10} {'agreement CPU s':>16} {'share %':>8}   where"


@dataclass(frozen=True)
class Share:
    """One size's figures; seconds are of the processor, medians over the rounds."""

    people: int
    run: float
    spent: dict[str, float]

    def line(self) -> str:
        """Return the figures as one line of the table."""
        agreement = sum(self.spent.values())
        where = ", ".join(f"{name} {cost:.2f}" for name, cost in self.spent.items())
        return (
            f"{self.people:>8,} {self.run:>10.1f} {agreement:>16.2f} "
            f"{100 * agreement / self.run:>8.2f}   {where}"
        )


def measure(people: int, rounds: int = 3) -> Share:
    """Make up a city and run it from nothing, several times."""
    with tempfile.TemporaryDirectory(prefix="throughline-bench-") as name:
        folder = Path(name)
        told = ("--people", str(people), "--out", str(folder / "landing"))
        _python("-m", "dagster_project.cli", "demo-data", *told)
        found = [_one_run(folder, number) for number in range(rounds)]
    return Share(
        people=people,
        run=median(run for run, _ in found),
        spent={name: median(spent[name] for _, spent in found) for name in found[0][1]},
    )


def _one_run(folder: Path, number: int) -> tuple[float, dict[str, float]]:
    """Return the processor seconds of a run, and those of each timed function."""
    home = folder / f"run_{number}"
    environment = {
        "LANDING_DIR": str(folder / "landing"),
        "WAREHOUSE_PATH": str(home / "warehouse.duckdb"),
        "DBT_TARGET_PATH": str(home / "dbt_target"),
    }
    home.mkdir()
    told = _python("-m", "benchmarks.agreement_checks", environment=environment)
    *_, last = told.splitlines()
    figures = json.loads(last)
    return figures["run"], figures["spent"]


def _python(*arguments: str, environment: dict[str, str] | None = None) -> str:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=REPOSITORY,
        env=os.environ | (environment or {}),
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ).stdout


def timed_run() -> None:
    """Run what is in the landing folder and print what the agreement took of it."""
    import importlib
    import time
    from datetime import datetime

    import duckdb

    spent: dict[str, float] = {}

    def timed(name: str, function):
        spent[name] = 0.0

        def call(*given, **named):
            began = time.thread_time()
            try:
                return function(*given, **named)
            finally:
                spent[name] += time.thread_time() - began

        return call

    # Before the modules that take them from there are imported.
    for module, names in TIMED.items():
        found = importlib.import_module(module)
        for name in names:
            setattr(found, name, timed(name, getattr(found, name)))

    from dagster_project.places import places
    from dagster_project.runs import run_everything

    # What DuckDB imports with its first parameter, a run imports anyway.
    duckdb.execute("select ?", [datetime.now()])
    run_everything(places())
    print(json.dumps({"run": time.process_time(), "spent": spent}))


if __name__ == "__main__":
    timed_run()
