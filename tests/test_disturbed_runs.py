"""Runs that are killed or stopped: nothing of them is seen, nothing of theirs is lost.

The runs are real processes on a real village, killed with SIGKILL as soon as their
progress says that the stage named here has begun. The clock and the key behind person
ids are fixed, so every table must come out equal, to the byte of every value.
"""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest

from dagster_project.places import REPOSITORY
from dagster_project.synthetic.demo import write_city
from dagster_project.warehouse import SETTINGS

VILLAGE = 350
"""People: small enough to run a dozen times, large enough for every table."""

AS_OF = "2026-07-02T12:00:00"

KILL_WHEN_DONE = [
    "load definitions",  # while the first deliveries are taken
    "raw expectations",  # while dbt builds staging and intermediate
    "build client records",  # while records are linked
    "link people",  # between the ledger of identities and the marts
    "build marts",  # while the marts are copied
]
"""Stages whose end starts the stage that is killed."""

VOLATILE = {"run_id"}
"""Columns that name the run itself."""

pytestmark = [pytest.mark.faults, pytest.mark.city]


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the village's deliveries."""
    folder = tmp_path_factory.mktemp("village")
    write_city(VILLAGE, 7, folder / "landing", folder / "truth")
    return folder / "landing"


def start(landing: Path, home: Path) -> subprocess.Popen:
    """Start a run as a user would, with a fixed clock and key."""
    home.mkdir(exist_ok=True)
    (home / "person_id.key").write_text("5e" * 32)
    return subprocess.Popen(
        [sys.executable, "-m", "dagster_project.cli", "run", "--as-of", AS_OF],
        cwd=REPOSITORY,
        env={
            **os.environ,
            "LANDING_DIR": str(landing),
            "WAREHOUSE_PATH": str(home / "warehouse.duckdb"),
            "DBT_TARGET_PATH": str(home / "dbt_target"),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def contents(home: Path) -> dict[str, str]:
    """Return a digest of every table's rows, whatever their order on disk."""
    digests = {}
    path = str(home / "warehouse.duckdb")
    with duckdb.connect(path, read_only=True, config=SETTINGS) as connection:
        tables = connection.sql(
            "select schema_name, table_name from duckdb_tables() order by all"
        ).fetchall()
        for schema, table in tables:
            columns = [
                name
                for (name, *_) in connection.sql(
                    f'describe {schema}."{table}"'
                ).fetchall()
                if name not in VOLATILE
            ]
            listed = ", ".join(f'"{name}"' for name in columns)
            (digest,) = connection.sql(
                f"select count(*) || ':' || coalesce(sum(hash(({listed}))), 0) "
                f'from {schema}."{table}"'
            ).fetchone()
            digests[f"{schema}.{table}"] = digest
    return digests


@pytest.fixture(scope="module")
def finished(landing: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run that nobody disturbed."""
    home = tmp_path_factory.mktemp("undisturbed")
    run = start(landing, home)
    _, errors = run.communicate(timeout=300)
    assert run.returncode == 0, errors
    assert (home / "marts.duckdb").exists()
    assert (home / "report.html").exists()
    return home


@pytest.fixture(scope="module")
def undisturbed(finished: Path) -> dict[str, str]:
    """Return what a run that nobody disturbs makes."""
    return contents(finished)


@pytest.mark.parametrize("stage", KILL_WHEN_DONE)
def test_a_killed_run_run_again_gives_the_undisturbed_warehouse(
    stage: str, landing: Path, tmp_path: Path, undisturbed: dict[str, str]
) -> None:
    home = tmp_path / "home"
    run = start(landing, home)
    for line in run.stderr:
        if line.startswith(f"✓ {stage} "):
            break
    else:
        pytest.fail(f"the run never said that '{stage}' was done")
    run.send_signal(signal.SIGKILL)
    run.communicate()
    assert run.returncode == -signal.SIGKILL
    assert not (home / "marts.duckdb").exists(), "half a run was published"

    again = start(landing, home)
    _, errors = again.communicate(timeout=300)
    assert again.returncode == 0, errors
    assert contents(home) == undisturbed
    leftovers = [path.name for path in home.iterdir() if path.suffix == ".tmp"]
    assert leftovers == []
    shutil.rmtree(home)


def test_the_same_deliveries_again_change_nothing(
    landing: Path, finished: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    home, incoming = tmp_path / "home", tmp_path / "landing"
    shutil.copytree(finished, home)
    shutil.copytree(landing, incoming)
    old = incoming / "datasf" / "cases_20250101T120000.csv"
    shutil.copy(old, old.with_name("the same once more.csv"))
    run = start(incoming, home)
    _, errors = run.communicate(timeout=300)
    assert run.returncode == 0, errors
    assert contents(home) == undisturbed, "no delivery, no identity event, no id is new"


def test_a_broken_promise_stops_the_run_and_leaves_the_last_good_marts(
    landing: Path, finished: Path, undisturbed: dict[str, str], tmp_path: Path
) -> None:
    home, incoming = tmp_path / "home", tmp_path / "landing"
    shutil.copytree(finished, home)
    shutil.copytree(landing, incoming)
    good = {
        name: (home / name).read_bytes() for name in ("marts.duckdb", "report.html")
    }
    logs = sorted((incoming / "dem").glob("team_log_*.csv"))
    lines = logs[-1].read_text(encoding="utf-8").splitlines(keepends=True)
    # A new system with shorter ids: each row is well-formed, and none can be trusted
    # to be the contact it says it is.
    identifier = lines[1].split(",")[0].strip('"')
    late = incoming / "dem" / "team_log_20260702T120000.csv"
    late.write_text(lines[0] + lines[1].replace(identifier, "42"), encoding="utf-8")

    run = start(incoming, home)
    _, errors = run.communicate(timeout=300)
    assert run.returncode == 1
    assert "blocking check 'promises' on raw/dem_team_log failed" in errors
    assert "ContactID has 18 case-sensitive characters" in errors
    assert "The rows came with dem_team_log_20260702T120000_" in errors
    assert "throughline replay DELIVERY" in errors
    assert "Traceback" not in errors
    for name, content in good.items():
        assert (home / name).read_bytes() == content, name
    after = contents(home)
    for table, digest in undisturbed.items():
        if table.split(".")[0] in ("staging", "intermediate", "linkage", "marts"):
            assert after[table] == digest, f"{table} was built on a broken promise"
