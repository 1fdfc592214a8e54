"""What must hold after every fault, whatever it was: one helper for all of them.

The ledger's sums equal the rows in raw; no key is there twice; a rerun ends as a clean
run would; nothing temporary is left; the last good marts are still there to read.
"""

import os
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from dagster_project.departments import ledger
from dagster_project.departments.load import SHOWN
from dagster_project.departments.outcomes import DeliveryOutcome
from dagster_project.publication.marts_copy import publish_marts
from dagster_project.warehouse import SETTINGS

BOOKS = (
    "deliveries",
    "quarantined_rows",
    "left_out_rows",
    "withheld_keys",
    "agreement_terms",
    "consent_statements",
    "agreements",
)
NOW = datetime(2025, 8, 1, 6)
GOOD_MARTS = [("P1", 3), ("P2", 1)]


@dataclass(frozen=True)
class Home:
    """A landing folder, a warehouse, and marts published by an earlier good run."""

    folder: Path
    landing: Path

    @property
    def warehouse(self) -> Path:
        return self.folder / "warehouse.duckdb"

    @property
    def marts(self) -> Path:
        return self.folder / "marts.duckdb"


def make_home(folder: Path) -> Home:
    """Make the folders, and marts as a good run left them."""
    home = Home(folder / "home", folder / "landing")
    home.folder.mkdir()
    for department in ("hsh", "fire", "dph", "dem", "datasf"):
        (home.landing / department).mkdir(parents=True)
    home.marts.write_bytes(_published())
    return home


@cache
def _published() -> bytes:
    """Return the file of good marts."""
    with TemporaryDirectory() as folder, duckdb.connect(config=SETTINGS) as memory:
        memory.execute("create schema marts")
        memory.execute("create table marts.people (person_id text, n integer)")
        memory.executemany("insert into marts.people values (?, ?)", GOOD_MARTS)
        publish_marts(memory, Path(folder) / "marts.duckdb", bytes(32))
        return (Path(folder) / "marts.duckdb").read_bytes()


def take(home: Home, *, warehouse: Path | None = None, **more) -> list[DeliveryOutcome]:
    """Take what lies in the landing folder, as a run's first steps do."""
    more.setdefault("clock", lambda: NOW)
    path = warehouse or home.warehouse
    with duckdb.connect(str(path), config=SETTINGS) as connection:
        return ledger.take_all(connection, home.landing, **more)


def raw(warehouse: Path) -> dict[str, list[tuple]]:
    """Return every raw table about deliveries, its rows in one order."""
    with duckdb.connect(str(warehouse), config=SETTINGS) as connection:
        return raw_of(connection)


def raw_of(connection: duckdb.DuckDBPyConnection) -> dict[str, list[tuple]]:
    """Return the same of a warehouse that is open."""
    found = connection.sql(
        "select table_name, estimated_size from duckdb_tables() where not temporary "
        "and schema_name = 'raw' and table_name <> 'agreements'"
    ).fetchall()
    # To sort nothing by a hundred columns takes longer than all the rest.
    return {
        name: connection.sql(f"from raw.{name} order by all").fetchall() if size else []
        for name, size in found
    }


def is_balanced(found: dict[str, list[tuple]]) -> None:
    """Assert that the ledger's sums are the rows that are there, none of them twice."""
    taken = [row for row in found.get("deliveries", []) if row[14] == "taken"]
    assert all(row[11] == row[12] + row[13] for row in taken)
    ids = [row[0] for row in found.get("deliveries", [])]
    assert len(ids) == len(set(ids)), "a delivery is booked twice"
    tables = {name: rows for name, rows in found.items() if name not in BOOKS}
    loaded = {row[0]: row[12] for row in taken}
    there: dict[str, int] = {}
    for name, rows in tables.items():
        keys = [row[-2:] for row in rows]
        assert len(keys) == len(set(keys)), f"{name} has a row twice"
        for delivery, _ in keys:
            there[delivery] = there.get(delivery, 0) + 1
    assert there == {name: rows for name, rows in loaded.items() if rows}
    held = Counter(row[0] for row in found.get("quarantined_rows", []))
    booked = [row for row in found.get("deliveries", []) if row[13]]
    assert held == {
        row[0]: row[13] if row[14] == "taken" else min(row[13], SHOWN)
        for row in booked
        if row[14] in ("taken", "quarantined")
    }


def temporary(folder: Path) -> list[str]:
    """Return what a run may leave only while it is going on."""
    endings = (".tmp", ".part", ".wal")
    return [
        os.path.join(at, name)
        for at, _, names in os.walk(folder)
        for name in names
        if name.endswith(endings)
    ]


def marts_are_readable(home: Home) -> None:
    """Assert that the last good marts say what they said."""
    with duckdb.connect(str(home.marts), read_only=True, config=SETTINGS) as marts:
        found = marts.sql("select * from marts.people order by all").fetchall()
    assert found == GOOD_MARTS


def assert_survived(home: Home, *, clean: bool = True) -> dict[str, list[tuple]]:
    """Assert all of it, and return the raw tables after the rerun.

    Args:
        home: Where the fault happened.
        clean: Compare with a run that starts from nothing on the same landing folder;
            not where the story of several deliveries is the point.
    """
    marts_are_readable(home)
    if home.warehouse.exists():
        is_balanced(raw(home.warehouse))
    take(home)
    after = raw(home.warehouse)
    is_balanced(after)
    if clean:
        other = home.folder.with_name("clean.duckdb")
        other.unlink(missing_ok=True)
        take(home, warehouse=other)
        assert after == raw(other), "a rerun does not end as a clean run"
    assert temporary(home.folder) == []
    marts_are_readable(home)
    return after
