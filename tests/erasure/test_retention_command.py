"""``throughline retention --dry-run`` lists what every clock ends, and names nobody."""

import duckdb
import pytest
from typer.testing import CliRunner

from dagster_project.cli import app
from dagster_project.disclosure.register import Release, read_register, write_register
from dagster_project.places import places
from dagster_project.warehouse import SETTINGS

AS_OF = "2026-07-05T12:00:00"


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.setenv("WAREHOUSE_PATH", str(tmp_path / "warehouse.duckdb"))
    monkeypatch.setenv("LANDING_DIR", str(tmp_path / "landing"))
    monkeypatch.delenv("THROUGHLINE_POSTGRES", raising=False)
    for name in ("DAGSTER_HOME", "DAGSTER_HISTORY"):
        monkeypatch.setenv(name, str(tmp_path / "dagster"))
    duckdb.connect(str(tmp_path / "warehouse.duckdb"), config=SETTINGS).close()
    return places()


def test_a_dry_run_lists_releases_and_audit_and_changes_nothing(here) -> None:
    old = Release("public_demographics", "s", "2014", "2015-02-03", "Ama", ({"n": 40},))
    write_register(here.public_releases, [old])
    said = CliRunner().invoke(app, ["retention", "--dry-run", "--as-of", AS_OF])
    assert (said.exit_code, said.stderr) == (0, "")
    assert "public: 3650 days after the release" in said.stdout
    assert "2014 public_demographics: released 2015-02-03" in said.stdout
    assert "audit: 2555 days after it was written" in said.stdout
    assert "the run history: 0 runs" in said.stdout
    assert "set THROUGHLINE_POSTGRES" in said.stdout
    assert read_register(here.public_releases) == [old]
