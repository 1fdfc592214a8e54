"""Take a client's delivered rows out, as if the door had left them out.

Belongs here: raw rows, rows in quarantine, and what the delivery ledger counts of both.
Does not belong here: tables that the next run builds anyway, the identity ledger
(``traces``).
"""

from collections import Counter
from collections.abc import Callable, Mapping

import duckdb
import pyarrow as pa

from dagster_project.departments.ledger_tables import quoted
from dagster_project.departments.profiles import TABLES as PROFILES
from dagster_project.erasure.client_keys import (
    NAMING,
    Holds,
    columns_read,
    judge,
    mentions,
)
from dagster_project.erasure.door import RULE

ROWS_AT_A_TIME = 50_000
"""Documents held in memory at once: some 50 MB of them."""

Erased = dict[str, Counter[str]]
"""Raw table, or ``quarantined_rows``, to delivery to rows."""


def erase_loaded(connection: duckdb.DuckDBPyConnection, holds: Holds) -> Erased:
    """Take loaded rows out, inside the caller's transaction.

    Args:
        connection: The warehouse.
        holds: Whether a client record must go.
    """
    erased: Erased = {}
    for table in NAMING:
        if counts := _erase_table(connection, table, holds):
            erased[table] = counts
            book(connection, counts, table, "rows_loaded")
    forget_figures(connection, {d for counts in erased.values() for d in counts})
    return erased


def erase_waiting(
    connection: duckdb.DuckDBPyConnection,
    holds: Holds,
    says_who: Callable[[str], bool],
) -> Erased:
    """Take rows out of quarantine, inside the caller's transaction.

    Args:
        connection: The warehouse.
        holds: Whether a client record must go.
        says_who: Whether a row's text tells who the client is, by other than a key.
    """
    total: Counter[str] = Counter()
    for table, counts in _waiting(connection, holds, says_who).items():
        book(connection, counts, table, "rows_quarantined")
        total += counts
    return {"quarantined_rows": total} if total else {}


def _erase_table(
    connection: duckdb.DuckDBPyConnection, table: str, holds: Holds
) -> Counter[str]:
    name = f"raw.{quoted(table)}"
    columns = ", ".join(quoted(column) for column in columns_read(table))
    gone: list[pa.Array] = []
    changed: list[tuple[int, str]] = []
    reader = connection.sql(
        f"select rowid as _place, {columns} from {name} order by rowid"
    ).to_arrow_reader(ROWS_AT_A_TIME)
    for batch in reader:
        rows = pa.Table.from_batches([batch])
        out, texts = judge(table, rows, holds)
        places = rows["_place"]
        gone += places.filter(out).chunks
        changed += [(places[at].as_py(), text) for at, text in texts.items()]
    document = NAMING[table].document
    if changed:
        connection.executemany(
            f"update {name} set {quoted(document)} = $2 where rowid = $1", changed
        )
    _places = pa.table({"place": pa.chunked_array(gone, pa.int64())})
    if not _places.num_rows:
        return Counter()
    counts = connection.execute(
        f"select _delivery_id, count(*) from {name} "
        "where rowid in (select place from _places) group by all order by all"
    ).fetchall()
    connection.execute(f"delete from {name} where rowid in (select place from _places)")
    return Counter(dict(counts))


def _waiting(
    connection: duckdb.DuckDBPyConnection,
    holds: Holds,
    says_who: Callable[[str], bool],
) -> dict[str, Counter[str]]:
    rows = connection.execute(
        "select rowid, delivery_id, table_name, original from raw.quarantined_rows "
        "order by rowid"
    ).fetchall()
    gone, counts = [], {}
    for place, delivery, table, text in rows:
        if table in NAMING and (mentions(table, text, holds) or says_who(text)):
            gone.append(place)
            counts.setdefault(table, Counter())[delivery] += 1
    if gone:
        connection.execute(
            "delete from raw.quarantined_rows where rowid in (select unnest(?))", [gone]
        )
    return counts


def book(
    connection: duckdb.DuckDBPyConnection,
    counts: Mapping[str, int],
    table: str,
    counted: str,
    rule: str = RULE,
) -> None:
    """Let the ledger count rows as left out that it counted as something else."""
    for delivery, rows in sorted(counts.items()):
        connection.execute(
            f"update raw.deliveries set rows_in = rows_in - $2, "
            f"{counted} = {counted} - $2 where delivery_id = $1",
            [delivery, rows],
        )
        earlier = connection.execute(
            "select coalesce(sum(rows), 0)::bigint from raw.left_out_rows "
            "where delivery_id = ? and table_name = ? and rule = ?",
            [delivery, table, rule],
        ).fetchone()[0]
        connection.execute(
            "delete from raw.left_out_rows "
            "where delivery_id = ? and table_name = ? and rule = ?",
            [delivery, table, rule],
        )
        connection.execute(
            "insert into raw.left_out_rows values (?, ?, ?, ?)",
            [delivery, table, rule, earlier + rows],
        )


def forget_figures(connection: duckdb.DuckDBPyConnection, deliveries: set[str]) -> None:
    """Have the figures of these deliveries counted anew: a rare code tells of one."""
    there = connection.execute(
        "select table_name from duckdb_tables() where schema_name = 'raw' "
        "and database_name = current_database()"
    ).fetchall()
    for table in PROFILES:
        if (table,) in there and deliveries:
            connection.execute(
                f"delete from raw.{table} where delivery_id in (select unnest(?))",
                [sorted(deliveries)],
            )
