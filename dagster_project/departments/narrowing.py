"""Take out of the raw tables what a changed agreement no longer lands.

Belongs here: columns, texts, documents and waiting rows that entered under an earlier
agreement. Does not belong here: what enters now (``agreed``).

An agreement that lands more changes nothing here: ``throughline replay`` reads a
delivery again. Values leave the tables at once; the blocks they lay in are free for
other rows and are overwritten in time.
"""

import json
from collections import Counter
from datetime import datetime

import duckdb
import pyarrow as pa

from dagster_project.departments.agreed import (
    CODE_NOT_AGREED,
    agreed_feed,
    cut_document,
    cut_text,
)
from dagster_project.departments.errors import Refused
from dagster_project.departments.feed import Table
from dagster_project.departments.feeds import FEEDS
from dagster_project.departments.ledger_tables import quoted
from dagster_project.governance.agreement import Agreement

NOT_KEPT = "(not kept: the sharing agreement changed)"


def narrow(
    connection: duckdb.DuckDBPyConnection, agreement: Agreement, moment: datetime
) -> bool:
    """Hold what lies in schema ``raw`` to an agreement that was not used before.

    Args:
        connection: A warehouse whose raw tables exist.
        agreement: The agreement in force.
        moment: When it is first used (UTC); written into ``raw.agreements``.

    Returns:
        Whether it was new.
    """
    asked = "select sha256 from raw.agreements order by used_from desc, sha256 limit 1"
    last = connection.execute(asked).fetchone()
    if last == (agreement.sha256,):
        return False
    is_empty = not connection.sql("select 1 from raw.deliveries limit 1").fetchall()
    connection.execute("begin transaction")
    try:
        for feed in () if is_empty else FEEDS:
            for table in agreed_feed(feed, agreement.feeds[feed.name]).tables:
                _narrow_table(connection, _whole(feed.tables, table), table)
        connection.execute(
            "insert into raw.agreements values (?, ?, ?, ?)",
            [agreement.sha256, agreement.id, agreement.version, moment],
        )
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")
    return True


def _whole(tables: tuple[Table, ...], agreed: Table) -> Table:
    return next(table for table in tables if table.name == agreed.name)


def _narrow_table(connection, whole: Table, agreed: Table) -> None:
    name = quoted(agreed.name)
    gone = [c for c in whole.columns if not agreed.lands_column(c)]
    if gone:
        nothing = ", ".join(f"{quoted(c)} = null" for c in gone)
        held = ", ".join(map(quoted, gone))
        connection.execute(
            f"update raw.{name} set {nothing} where coalesce({held}) is not null"
        )
    for column, terms in agreed.cut.items():
        if column in whole.columns:
            asked = f"select distinct {quoted(column)} from raw.{name}"
            texts = [text for (text,) in connection.execute(asked).fetchall() if text]
            cut = [(text, cut_text(text, terms)) for text in texts]
            _replace(connection, agreed.name, column, [c for c in cut if c[0] != c[1]])
    if agreed.document:
        _narrow_documents(connection, agreed)
    _narrow_waiting(connection, agreed)
    for table in ("column_profiles", "code_profiles"):
        known = "select count(*) from duckdb_tables() where table_name = ?"
        if gone and connection.execute(known, [table]).fetchone()[0]:
            connection.execute(
                f"delete from raw.{table} where table_name = ? "
                "and column_name in (select unnest(?))",
                [agreed.name, gone],
            )


def _replace(connection, table: str, column: str, texts: list[tuple]) -> None:
    """Put other texts in the place of some; pairs of before and after."""
    if not texts:
        return
    before, after = zip(*texts, strict=True)
    # A column of nulls only would have no type.
    columns = pa.array(before, pa.string()), pa.array(after, pa.string())
    changed = pa.table(columns, names=["before", "after"])
    connection.register("changed", changed)
    connection.execute(
        f"update raw.{quoted(table)} set {quoted(column)} = changed.after "
        f"from changed where raw.{quoted(table)}.{quoted(column)} = changed.before"
    )
    connection.unregister("changed")


def _cut_text_of(table: Table, text: str) -> str | None:
    """Return what may stay of a document's text, None when its row may not."""
    try:
        document = json.loads(text)
    except ValueError:
        return NOT_KEPT
    try:
        kept = cut_document(table, document, Counter())
    except Refused:
        return NOT_KEPT
    return (
        None
        if kept is None
        else json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
    )


def _narrow_documents(connection, table: Table) -> None:
    name, column = quoted(table.name), quoted(table.document)
    asked = f"select distinct {column} from raw.{name} where {column} is not null"
    texts = [text for (text,) in connection.execute(asked).fetchall()]
    cut = [(text, _cut_text_of(table, text)) for text in texts]
    outside = [text for text, kept in cut if kept is None]
    if outside:
        _delete_documents(connection, table, outside)
    kept = [pair for pair in cut if pair[1] is not None and pair[0] != pair[1]]
    _replace(connection, table.name, table.document, kept)


def _delete_documents(connection, table: Table, texts: list[str]) -> None:
    """Delete rows whose code does not land, and count them where they were booked."""
    name, column = quoted(table.name), quoted(table.document)
    where = f"{column} in (select unnest(?))"
    counted = connection.execute(
        f"select _delivery_id, count(*) from raw.{name} where {where} group by all "
        "order by all",
        [texts],
    ).fetchall()
    connection.execute(f"delete from raw.{name} where {where}", [texts])
    for delivery_id, rows in counted:
        connection.execute(
            "update raw.deliveries set rows_in = rows_in - ?, rows_loaded = "
            "rows_loaded - ? where delivery_id = ?",
            [rows, rows, delivery_id],
        )
        connection.execute(
            "insert into raw.left_out_rows values (?, ?, ?, ?)",
            [delivery_id, table.name, CODE_NOT_AGREED, rows],
        )


def _narrow_waiting(connection, table: Table) -> None:
    """Cut the texts of rows in quarantine; what cannot be cut is not kept."""
    asked = "select distinct original from raw.quarantined_rows where table_name = ?"
    texts = [text for (text,) in connection.execute(asked, [table.name]).fetchall()]
    for text in texts:
        kept = _waiting(table, text)
        if kept != text:
            connection.execute(
                "update raw.quarantined_rows set original = ? "
                "where table_name = ? and original = ?",
                [kept, table.name, text],
            )


def _waiting(table: Table, text: str) -> str:
    if text.startswith("("):
        return text
    if table.document:
        return _cut_text_of(table, text) or NOT_KEPT
    try:
        row = json.loads(text)
    except ValueError:
        return NOT_KEPT
    kept = {
        column: cut_text(value, table.cut[column]) if column in table.cut else value
        for column, value in row.items()
        if table.lands_column(column)
    }
    told = {column: value for column, value in kept.items() if value is not None}
    return json.dumps(told, ensure_ascii=False)
