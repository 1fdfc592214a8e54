"""A landing folder and a warehouse for the tests of the readers."""

from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

from dagster_project.departments import arriving, ledger_tables


@pytest.fixture
def landing_dir(tmp_path: Path) -> Path:
    for department in ("hsh", "fire", "dph", "dem", "datasf"):
        (tmp_path / "landing" / department).mkdir(parents=True)
    return tmp_path / "landing"


@pytest.fixture
def warehouse() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        ledger_tables.create(connection)
        yield connection


@pytest.fixture(autouse=True)
def settle_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the files of a test count as settled; what settling means has its own."""
    monkeypatch.setattr(arriving, "SETTLE_SECONDS", 0)
