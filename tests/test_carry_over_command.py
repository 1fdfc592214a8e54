"""``throughline carry-over`` between two warehouses of three invented events."""

import os
from datetime import UTC, datetime
from pathlib import Path

import pyarrow as pa
import pytest
from typer.testing import CliRunner

from dagster_project.cli import app
from dagster_project.erasure import register
from dagster_project.linkage.ledger import EVENTS
from dagster_project.linkage.store import _add_events, read_events
from dagster_project.linkage.warehouse_tables import create_empty
from dagster_project.warehouse import open_warehouse
from tests.commands import anew

GONE = "hsh:hmis:1"


def event(number: int, kind: str, **told) -> dict:
    empty = dict.fromkeys(EVENTS.names)
    at = datetime(2026, 1, 1, tzinfo=UTC)
    return (
        empty | {"event_id": number, "at": at, "kind": kind, "person_id": "p_1"} | told
    )


@pytest.fixture
def older(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a warehouse that was moved away; its key lies where it lay."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("WAREHOUSE_PATH", str(home / "warehouse.duckdb"))
    (home / "person_id.key").write_text("00ff" * 16)
    events = [
        event(1, "mint"),
        event(2, "link", client_record_id=GONE),
        event(3, "link", client_record_id="fire:epcr:R1"),
    ]
    with open_warehouse(tmp_path / "older.duckdb") as connection:
        create_empty(connection)
        _add_events(connection, pa.Table.from_pylist(events, EVENTS))
    return tmp_path / "older.duckdb"


def carried(*words: object):
    return CliRunner().invoke(app, ["carry-over", *map(str, words)])


def records(home: Path) -> list[str | None]:
    with open_warehouse(home / "warehouse.duckdb", read_only=True) as connection:
        return read_events(connection)["client_record_id"].to_pylist()


def test_a_new_warehouse_begins_with_the_older_ones_events(older):
    said = anew("carry-over", str(older), environment=os.environ)
    assert (said.returncode, said.stderr) == (0, "")
    assert said.stdout.startswith("3 events carried over")
    assert records(older.parent / "home") == [None, GONE, "fire:epcr:R1"]
    again = carried(older)
    assert again.exit_code == 1
    assert "history of its own already" in again.output


def test_who_was_expunged_meanwhile_is_carried_over_by_a_hash(older):
    home = older.parent / "home"
    key = register.key_beside(home)
    told = register.hashed(key, GONE)
    entry = register.Entry("e1", "request", datetime(2026, 2, 1), "x", "asked", (told,))
    register.add(home, entry)
    assert carried(older).exit_code == 0
    assert records(home) == [None, register.PREFIX + told, "fire:epcr:R1"]
    assert GONE.encode() not in (home / "warehouse.duckdb").read_bytes()


def test_what_cannot_be_carried_over_says_why(older):
    home = older.parent / "home"
    assert "There is no file" in carried(home / "nothing.duckdb").output
    (home / "text.duckdb").write_text("no database")
    assert "cannot be read" in carried(home / "text.duckdb").output
    (home / "person_id.key").unlink()
    assert "put it back beside the warehouse" in carried(older).output
    assert not (home / "warehouse.duckdb").exists()
    older.rename(home / "warehouse.duckdb")
    assert "is the warehouse itself" in carried(home / "warehouse.duckdb").output
