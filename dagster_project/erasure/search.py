"""Look for an erased client everywhere, and say where anything is left.

Belongs here: going through tables, the published copy and files. Does not belong here:
what is looked for (``needles``).

What another client's record says too is no trace: two may share a name and a birth
date, and a person who was expunged in one department may be a client of another.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.departments.ledger_tables import quoted
from dagster_project.erasure.client_keys import NAMING, columns_read, judge
from dagster_project.erasure.fingerprints import tables
from dagster_project.erasure.needles import Haystack, Needle
from dagster_project.erasure.register import MANIFESTS, OPEN
from dagster_project.places import Places
from dagster_project.warehouse import SETTINGS, open_warehouse

ROWS_AT_A_TIME = 20_000
HISTORIES = ("linkage.identity_events",)
"""Tables that keep the id of a person who is gone: they say that it is gone."""


@dataclass(frozen=True)
class Trace:
    """Something that is left, and where; never the thing itself."""

    where: str
    what: str


@dataclass(frozen=True)
class Searched:
    """What a search went through and what it found.

    Attributes:
        tables: Tables read, row by row.
        rows: Rows read.
        files: Files read, byte by byte.
        shared: Values that another client's record says too, so they prove nothing.
        traces: What is left.
        databases: Databases that were asked.
    """

    tables: int
    rows: int
    files: int
    shared: int
    traces: tuple[Trace, ...]
    databases: int = 0


def search(here: Places, records: Iterable[str], needles: list[Needle]) -> Searched:
    """Go through the warehouse, the published copy and every file beside them.

    The landing folder is the departments' own and is left out, and so is the truth of a
    made-up city.
    """
    traces: set[Trace] = set()
    seen = {"tables": 0, "rows": 0}
    with open_warehouse(here.warehouse, read_only=True) as connection:
        others = shared(connection, needles)
        stack = Haystack(needle for needle in needles if needle not in others)
        traces |= set(_by_key(connection, frozenset(records)))
        _search_tables(connection, here.warehouse.name, stack, traces, seen)
    if here.published_marts.exists():
        marts = str(here.published_marts)
        with duckdb.connect(marts, read_only=True, config=SETTINGS) as connection:
            _search_tables(connection, here.published_marts.name, stack, traces, seen)
    files = 0
    for path in _files(here):
        files += 1
        name = path.relative_to(here.warehouse.parent)
        traces |= {
            Trace(str(name), needle.what)
            for needle in _in_file(path, stack)
            # The histories lie in this file too; its tables were read one by one.
            if not (path == here.warehouse and needle.what == "person id")
        }
    ordered = sorted(traces, key=lambda trace: (trace.where, trace.what))
    return Searched(seen["tables"], seen["rows"], files, len(others), tuple(ordered))


def _rows(
    connection: duckdb.DuckDBPyConnection, schema: str, table: str
) -> Iterator[list[str]]:
    reader = connection.sql(
        f"select cast(to_json(held) as varchar) as told "
        f"from {quoted(schema)}.{quoted(table)} as held"
    ).to_arrow_reader(ROWS_AT_A_TIME)
    for batch in reader:
        yield batch.column(0).to_pylist()


def _search_tables(connection, file: str, stack: Haystack, traces: set, seen) -> None:
    for schema, table in tables(connection):
        seen["tables"] += 1
        keeps_persons = f"{schema}.{table}" in HISTORIES
        for rows in _rows(connection, schema, table):
            seen["rows"] += len(rows)
            traces |= {
                Trace(f"{file}: {schema}.{table}", needle.what)
                for row in rows
                for needle in stack.found(row)
                if not (keeps_persons and needle.what == "person id")
            }


def shared(connection: duckdb.DuckDBPyConnection, needles: list[Needle]) -> set[Needle]:
    """Return what delivered rows of other clients say too."""
    who = Haystack(n for n in needles if n.what in ("social security number", "name"))
    found: set[Needle] = set()
    there = tables(connection)
    for table, naming in NAMING.items():
        if ("raw", table) not in there or naming.only:
            continue
        for rows in _rows(connection, "raw", table):
            for row in rows:
                found |= who.found(row)
    return found


def _by_key(
    connection: duckdb.DuckDBPyConnection, records: frozenset[str]
) -> Iterator[Trace]:
    """Yield the raw tables in which a row still names one of the clients."""
    there = tables(connection)
    for table in NAMING:
        if ("raw", table) not in there:
            continue
        columns = ", ".join(quoted(column) for column in columns_read(table))
        reader = connection.sql(
            f"select {columns} from raw.{quoted(table)}"
        ).to_arrow_reader(ROWS_AT_A_TIME)
        for batch in reader:
            rows = pa.Table.from_batches([batch])
            out, changed = judge(table, rows, records.__contains__)
            if changed or pc.any(out).as_py():
                yield Trace(f"raw.{table}", "client record id")


def _in_file(path: Path, stack: Haystack) -> set[Needle]:
    data = path.read_bytes()
    found = set() if b"\0" not in data else stack.found_in_bytes(data)
    for line in data.decode("utf-8", "replace").splitlines():
        found |= stack.found(line)
    return found


def _files(here: Places) -> Iterator[Path]:
    folder = here.warehouse.parent
    apart = (here.landing, here.truth)
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_file():
            continue
        if any(path.is_relative_to(other) for other in apart):
            continue
        if path.parent.name == MANIFESTS and path.name.endswith(OPEN):
            continue
        yield path
