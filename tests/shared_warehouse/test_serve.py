"""``throughline serve`` and ``throughline publish`` as somebody at a desk uses them."""

import os
import re
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from dagster_project.cli import app
from dagster_project.shared_warehouse.published_to import copies

from . import small_warehouse
from .conftest import Database

PATIENCE = 120
"""Seconds for a server to be made on a machine that is busy (2026-11)."""


@pytest.fixture
def desk() -> Iterator[Path]:
    """Return a folder with a warehouse that no other user can enter."""
    with tempfile.TemporaryDirectory(prefix="throughline-") as folder:
        small_warehouse.make(Path(folder) / "warehouse.duckdb")
        yield Path(folder)


def test_serve_prints_a_line_for_each_role_that_works(desk: Path) -> None:
    home = Path(tempfile.mkdtemp(prefix="throughline-"))
    home.chmod(0o755)
    environment = os.environ | {"WAREHOUSE_PATH": str(desk / "warehouse.duckdb")}
    serving = subprocess.Popen(
        [
            *(sys.executable, "-m", "dagster_project.cli", "serve"),
            *("--folder", str(home / "postgres")),
        ],
        stdout=subprocess.PIPE,
        text=True,
        env=environment,
    )
    lines = []
    for line in serving.stdout:
        lines.append(line)
        if "Ctrl-C" in line:
            break
    tried = {}
    for line in lines:
        if found := re.match(r"(\w+) +(PGPASSFILE=.*)$", line):
            query = "select count(*) from public.releases"
            ran = subprocess.run(
                f'{found[2]} -X -A -t -c "{query}"',
                shell=True,
                capture_output=True,
                text=True,
                check=False,
            )
            tried[found[1]] = ran.stdout.strip() + ran.stderr.strip()
    passwords = desk / "postgres.passwords"
    assert passwords.stat().st_mode & 0o777 == 0o600
    secrets = [row.rpartition(":")[2] for row in passwords.read_text().split()]
    serving.send_signal(signal.SIGINT)
    assert serving.wait(PATIENCE) == 0
    assert not passwords.exists()
    assert set(tried) == {
        *("hsh", "fire", "dph", "dem", "analyst", "case_conference"),
        *("auditor", "privacy_officer", "publisher"),
    }
    assert set(tried.values()) == {"1"}
    assert len(set(secrets)) == 9
    printed = "".join(lines)
    logs = "".join(path.read_text() for path in (home / "postgres/log").iterdir())
    for secret in (*secrets, (desk / "pseudonym.key").read_text()):
        assert secret not in printed
        assert secret not in logs
    assert (home / "postgres").stat().st_mode & 0o777 == 0o700
    assert not (home / "postgres" / "postmaster.pid").exists()
    subprocess.run(["rm", "-r", str(home)], check=True)


def test_publish_says_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("WAREHOUSE_PATH", str(tmp_path / "none.duckdb"))
    ran = CliRunner().invoke(app, ["publish", "--to", "dbname=x"])
    assert ran.exit_code == 1
    assert "run 'throughline run'" in ran.output
    ran = CliRunner().invoke(app, ["publish", "--to", "host=h.example sslmode=allow"])
    assert ran.exit_code == 1
    assert "sslmode=verify-full" in ran.output


def test_publish_to_a_server_of_ones_own(
    new_database, desk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    database: Database = new_database()
    monkeypatch.setenv("WAREHOUSE_PATH", str(desk / "warehouse.duckdb"))
    monkeypatch.setenv("THROUGHLINE_POSTGRES", database.connection())
    ran = CliRunner().invoke(app, ["publish"])
    assert ran.exit_code == 0, ran.output
    assert "identified.client_records" in ran.output
    assert database.ask("select count(*) from identified.client_records") == [
        (len(small_warehouse.RECORDS),)
    ]
    (copy,) = copies(desk / "shared_databases.jsonl")
    assert database.ask("select release_id from public.releases") == [(copy.release,)]
    assert (copy.database, copy.folder) == (copy.release, "")


def test_the_asset_is_there_only_with_a_connection(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from dagster_project.defs.shared_warehouse import shared_warehouse

    monkeypatch.delenv("THROUGHLINE_POSTGRES", raising=False)
    assert not list(shared_warehouse().assets or [])
    monkeypatch.setenv("THROUGHLINE_POSTGRES", "dbname=x")
    (asset,) = shared_warehouse().assets
    assert asset.key.path == ["published", "shared_warehouse"]
