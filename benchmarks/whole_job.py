"""The whole job, deliveries to report page, beside plain DuckDB on the same bytes.

The lower bound reads every delivered byte with DuckDB's own readers and writes the same
marts to a file. It checks nothing, links nobody and answers nothing.
"""

import os
import re
import subprocess
import sys
import tempfile
import time
import zipfile
from dataclasses import dataclass
from pathlib import Path

import duckdb

from dagster_project.places import REPOSITORY

COST = re.compile(r"([\d.]+) s, ([\d,]+) MiB at the peak\. Most went to (.*?)\. Ware")
"""The line in which a run says what it cost."""


@dataclass(frozen=True)
class Measured:
    """One city's figures; seconds are wall seconds."""

    people: int
    raw_rows: int
    generate: float
    run: float
    peak_megabytes: int
    bound: float
    stages: str

    def line(self) -> str:
        """Return the figures as one line of the table."""
        return (
            f"{self.people:>8,} {self.raw_rows:>10,} {self.generate:>11.1f} "
            f"{self.run:>8.1f} {self.peak_megabytes:>9,} {self.bound:>15.2f} "
            f"{self.run / self.bound:>6.1f}   {self.stages}"
        )


def measure_city(people: int) -> Measured:
    """Make up a city, run it as a user would, and run the lower bound."""
    with tempfile.TemporaryDirectory(prefix="throughline-bench-") as name:
        folder = Path(name)
        began = time.perf_counter()
        _throughline("demo-data", "--people", str(people), "--out", folder / "landing")
        generated = time.perf_counter() - began
        environment = {
            **os.environ,
            "LANDING_DIR": str(folder / "landing"),
            "WAREHOUSE_PATH": str(folder / "warehouse.duckdb"),
            "DBT_TARGET_PATH": str(folder / "dbt_target"),
        }
        began = time.perf_counter()
        done = _throughline("run", environment=environment)
        ran = time.perf_counter() - began
        cost = COST.search(" ".join(done.split()))
        with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as copy:
            rows = copy.sql("select sum(rows_in) from raw.deliveries").fetchone()[0]
        return Measured(
            people=people,
            raw_rows=int(rows),
            generate=generated,
            run=ran,
            peak_megabytes=int(cost[2].replace(",", "")),
            bound=_bound(folder),
            stages=cost[3],
        )


def _throughline(*arguments: object, environment: dict | None = None) -> str:
    """Run the command as a user would and return what it printed."""
    return subprocess.run(
        [sys.executable, "-m", "dagster_project.cli", *map(str, arguments)],
        cwd=REPOSITORY,
        env=environment,
        check=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ).stdout


def _bound(folder: Path) -> float:
    """Return the seconds plain DuckDB needs for the same bytes and the same marts."""
    plain = folder / "plain"
    plain.mkdir()
    for archive in sorted((folder / "landing").glob("*/*.zip")):
        if zipfile.is_zipfile(archive):
            with zipfile.ZipFile(archive) as opened:
                opened.extractall(plain / archive.stem)
    landing = folder / "landing"
    began = time.perf_counter()
    with duckdb.connect(str(folder / "bound.duckdb"), config={"threads": 2}) as bound:
        for pattern in (
            f"{plain}/*/*.csv",
            f"{landing}/*/*.csv",
            f"{landing}/*/*.xml",
            f"{landing}/*/*.json",
            f"{landing}/*/*/*.ndjson",
        ):
            bound.execute(
                "create or replace table bytes as "
                f"select content from read_blob('{pattern}')"
            )
        for pattern in (
            f"{plain}/*/*.csv",
            f"{landing}/*/calls*.csv",
            f"{landing}/*/cases*.csv",
        ):
            bound.execute(
                "create or replace table lines as select * from read_csv("
                f"'{pattern}', all_varchar = true, union_by_name = true, "
                "ignore_errors = true, strict_mode = false)"
            )
        bound.execute(
            "create or replace table resources as select * from read_json("
            f"'{landing}/*/*/*.ndjson', ignore_errors = true, "
            "columns = {id: 'VARCHAR', resourceType: 'VARCHAR'})"
        )
        bound.execute(f"attach '{folder}/marts.duckdb' as published (read_only)")
        for (table,) in bound.execute(
            "select table_name from duckdb_tables() where database_name = 'published'"
        ).fetchall():
            bound.execute(f"create table {table} as select * from published.{table}")
    return time.perf_counter() - began
