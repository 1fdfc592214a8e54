"""What dbt's second step, the marts, costs for cities of growing size.

Belongs here: making each city, running it up to linkage, measuring ``dbt build`` of
``models/linked`` and ``models/marts`` with their tests alone, and how cost grows with
the rows read. Does not belong here: the whole job (``whole_job``), or the answers.
"""

import math
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import duckdb

from benchmarks.measured import Cost, measured
from dagster_project.places import DBT_PROJECT, REPOSITORY

EVENTS = "int_contacts", "int_offers", "int_outcome_events", "int_responses"
"""Tables whose rows are events of the street: what the marts are counted from."""

HEAD = (
    f"{'people':>8} {'raw rows':>10} {'events':>10} {'wall s':>8} {'CPU s':>8} "
    f"{'peak MiB':>9} {'events/s':>9}"
)


@dataclass(frozen=True)
class Measured:
    """One city: its rows, and what the marts of it cost.

    Attributes:
        people: People ever seen in the city.
        raw_rows: Rows delivered.
        events: Contacts, offers, outcomes and responses the marts are counted from.
        cost: Seconds and MiB of the one ``dbt build``, its start included.
    """

    people: int
    raw_rows: int
    events: int
    cost: Cost

    def line(self) -> str:
        """Return the figures as one line of the table."""
        return (
            f"{self.people:>8,} {self.raw_rows:>10,} {self.events:>10,} "
            f"{self.cost.wall:>8.1f} {self.cost.cpu:>8.1f} "
            f"{self.cost.mebibytes:>9,.0f} {self.events / self.cost.wall:>9,.0f}"
        )


def growth(smaller: Measured, larger: Measured) -> float:
    """Return the exponent of CPU seconds over events between two cities; 1 is linear.

    dbt's start and its share per model do not grow: between small cities the exponent
    lies far below 1.
    """
    return math.log(larger.cost.cpu / smaller.cost.cpu) / math.log(
        larger.events / smaller.events
    )


def measure(sizes: Iterable[int]) -> Iterator[str]:
    """Yield a line per city, smallest first, and how cost grew from the one before."""
    yield HEAD
    before = None
    for people in sorted(sizes):
        now = measure_city(people)
        yield now.line()
        if before:
            yield f"{'':8} grew with events to the power {growth(before, now):.2f}"
        before = now


def measure_city(people: int) -> Measured:
    """Make up a city, run it up to linkage, then build its marts and measure that."""
    with tempfile.TemporaryDirectory(prefix="throughline-bench-") as name:
        folder = Path(name)
        _run("demo-data", "--people", people, "--out", folder / "landing")
        with _environment(
            LANDING_DIR=folder / "landing",
            WAREHOUSE_PATH=folder / "warehouse.duckdb",
            DBT_LOG_PATH=folder / "dbt_logs",
        ):
            measured("benchmarks.up_to_linkage")
            raw_rows, events = _rows(folder / "warehouse.duckdb")
            cost = measured(
                "dbt.cli.main",
                "build",
                "--project-dir",
                DBT_PROJECT,
                "--profiles-dir",
                DBT_PROJECT,
                "--select",
                "path:models/linked",
                "path:models/marts",
                "--exclude-resource-type",
                "unit_test",
                "--quiet",
            )
    return Measured(people, raw_rows, events, cost)


def _rows(warehouse: Path) -> tuple[int, int]:
    """Return the rows delivered, and those that are events."""
    with duckdb.connect(str(warehouse), read_only=True) as connection:
        (raw,) = connection.sql("select sum(rows_in) from raw.deliveries").fetchone()
        counts = [
            connection.sql(f"select count(*) from intermediate.{table}").fetchone()[0]
            for table in EVENTS
        ]
    return int(raw), sum(counts)


def _run(*arguments: object) -> None:
    subprocess.run(
        [sys.executable, "-m", "dagster_project.cli", *map(str, arguments)],
        cwd=REPOSITORY,
        check=True,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@contextmanager
def _environment(**paths: Path) -> Iterator[None]:
    """Set these variables for the children, and put back what was there."""
    before = dict(os.environ)
    os.environ.update({name: str(path) for name, path in paths.items()})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
