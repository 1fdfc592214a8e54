"""One finished run of the default city, for every test that only reads it.

Belongs here: making it. Does not belong here: tests whose point is the run itself, or
that change what it left.
"""

import os
import subprocess
import sys
from pathlib import Path

from dagster_project.places import REPOSITORY


def run_city(folder: Path) -> None:
    """Fill a folder with deliveries, truth and warehouse of a finished run."""
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
