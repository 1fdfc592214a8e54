"""Take out HMIS rows that came before anybody said they are a victim service's.

Belongs here: rows inside the warehouse, judged by keys that other deliveries left out.
Does not belong here: a delivery that is being read (``hmis_door``).

A delta names a project without describing it. The export that says whom the project
serves may arrive after it, and the flag itself may be set years late. Rows of both are
judged anew by what was withheld, so that the end is that of the same deliveries in
their source's order: what a delivery describes itself stands until a later one, by the
time its source made it, says otherwise; what it only names goes by any other.
"""

import re
from collections import Counter
from collections.abc import Sequence

import duckdb

from dagster_project.departments.feeds import HMIS_TABLES
from dagster_project.departments.hmis_door import BARE, RULE, hashed
from dagster_project.departments.hmis_ids import bare
from dagster_project.departments.ledger_tables import insert_records, quoted
from dagster_project.erasure.raw_rows import book, forget_figures

FEED = "hsh_hmis"
KINDS = {
    "organization": ("OrganizationID", "hsh_organization"),
    "project": ("ProjectID", "hsh_project"),
    "enrollment": ("EnrollmentID", "hsh_enrollment"),
    "person": ("PersonalID", "hsh_enrollment"),
}
"""Kind of key to its column and the table that describes it, in the door's order: a
person is let in by an enrollment."""
JUDGED = {
    "organization": ("hsh_organization", "hsh_project"),
    "project": ("hsh_project", "hsh_enrollment"),
    "enrollment": tuple(
        table.name
        for table in HMIS_TABLES
        if "EnrollmentID" in table.columns and table.name != "hsh_client"
    ),
    "person": ("hsh_client",),
}
"""Kind of key to the tables whose rows it decides on."""
LEARNT = {"hsh_project": ("project",), "hsh_enrollment": ("enrollment", "person")}
"""Table to the kinds of key that are withheld with its rows."""
NAMED = re.compile(r'"(OrganizationID|ProjectID|EnrollmentID|PersonalID)": "([^"]*)"')
"""A key in the text of a row that waits, which may be cut short."""


def close(connection: duckdb.DuckDBPyConnection) -> None:
    """Take such rows out inside the caller's transaction, and count them as left out.

    To ask twice changes nothing the second time.
    """
    if not connection.execute("select 1 from raw.withheld_keys limit 1").fetchone():
        return
    touched: set[str] = set()
    for kind, tables in JUDGED.items():
        _tell(connection, kind, tables)
        for table in tables:
            for counted, found in (
                ("rows_loaded", _take_out(connection, kind, table)),
                ("rows_quarantined", _take_out_waiting(connection, kind, table)),
            ):
                book(connection, found, table, counted, RULE)
                touched |= found.keys()
    for table in ("_said", "_gone"):
        connection.execute(f"drop table if exists temp.{table}")
    forget_figures(connection, touched)


def _hash(kind: str, key: str) -> str:
    """Return ``hmis_door.hashed`` as SQL."""
    return f"left(sha256('{kind}' || chr(0) || {key}), 32)"


def _bare(key: str) -> str:
    """Return ``hmis_ids.bare`` as SQL."""
    odd = r"[{}\s\x00-\x1f\x7f]"
    return f"ltrim(lower(regexp_replace({key}, '{odd}', '', 'g')), '0')"


def _tell(
    connection: duckdb.DuckDBPyConnection, kind: str, tables: Sequence[str]
) -> None:
    """Say of each key which delivery withheld it last, as it is written and alike."""
    column = quoted(KINDS[kind][0])
    named = " union ".join(f"select {column} as key from raw.{t}" for t in tables)
    last = "max(coalesce({0}.delivery_id, '')) filter ({0}.hashed_key is not null)"
    connection.execute(
        f"""
        create or replace temp table _said as
        with withheld as (from raw.withheld_keys where feed = '{FEED}')
        select
            key,
            {last.format("same")} as as_written,
            {last.format("alike")} as alike
        from ({named}) as named
        left join withheld as same on same.hashed_key = {_hash(kind, "key")}
        left join withheld as alike
            on alike.hashed_key = {_hash(BARE + kind, _bare("key"))}
        where same.hashed_key is not null or alike.hashed_key is not null
        group by key
        """
    )


def _take_out(
    connection: duckdb.DuckDBPyConnection, kind: str, table: str
) -> Counter[str]:
    """Delete the rows of one table that keys of one kind keep out, and learn of them.

    Returns:
        Delivery to rows.
    """
    name, describing = KINDS[kind]
    column = quoted(name)
    later = "false" if kind == "person" else "_said.as_written > held._delivery_id"
    described = f"""exists (
        select 1 from raw.{describing} as own
        where own._delivery_id = held._delivery_id and own.{column} = held.{column}
    )"""
    if table == describing:
        described = "true"
    connection.execute(
        f"""
        create or replace temp table _gone as
        select held.*, greatest(
            coalesce(_said.as_written, _said.alike), held._delivery_id
        ) as said_by
        from raw.{table} as held
        inner join _said on held.{column} = _said.key
        where coalesce({later}, false) or not {described}
        """
    )
    asked = "select _delivery_id, count(*) from _gone group by all order by all"
    counts = Counter(dict(connection.execute(asked).fetchall()))
    if not counts:
        return counts
    connection.execute(
        f"delete from raw.{table} where (_delivery_id, _row_number) in "
        "(select (_delivery_id, _row_number) from _gone)"
    )
    for learnt in LEARNT.get(table, ()):
        key = KINDS[learnt][0]
        # Whom an ordinary enrollment of the same delivery names is let in.
        named = (
            f"_gone.{quoted(key)} not in (select {quoted(key)} from raw.{table} as own "
            "where own._delivery_id = _gone._delivery_id)"
        )
        connection.execute(
            f"""
            insert into raw.withheld_keys
            select distinct '{FEED}', unnest([
                {_hash(learnt, quoted(key))},
                {_hash(BARE + learnt, _bare(quoted(key)))}
            ]), said_by
            from _gone where {quoted(key)} is not null and {named}
            except from raw.withheld_keys
            order by all
            """
        )
    return counts


def _take_out_waiting(
    connection: duckdb.DuckDBPyConnection, kind: str, table: str
) -> Counter[str]:
    """Delete rows in quarantine that keys of one kind keep out, and learn of them.

    Returns:
        Delivery to rows.
    """
    counts: Counter[str] = Counter()
    rows = connection.execute(
        "select rowid, delivery_id, original from raw.quarantined_rows "
        "where table_name = ? order by rowid",
        [table],
    ).fetchall()
    if not rows:
        return counts
    asked = (
        "select hashed_key, max(coalesce(delivery_id, '')) from raw.withheld_keys "
        "where feed = ? group by hashed_key"
    )
    withheld = dict(connection.execute(asked, [FEED]).fetchall())
    gone, learnt = [], []
    for place, delivery, text in rows:
        keys = dict(NAMED.findall(text))
        key = keys.get(KINDS[kind][0])
        if key is None:
            continue
        same = withheld.get(hashed(kind, key))
        said = withheld.get(hashed(BARE + kind, bare(key))) if same is None else same
        is_later = same is not None and same > delivery and kind != "person"
        if said is None:
            continue
        if is_later or not _is_described(connection, kind, key, delivery):
            gone.append(place)
            counts[delivery] += 1
            for other in LEARNT.get(table, ()):
                name = keys.get(KINDS[other][0])
                if name and not _is_described(connection, other, name, delivery):
                    told = hashed(other, name), hashed(BARE + other, bare(name))
                    learnt += [(FEED, one, max(said, delivery)) for one in told]
    if not gone:
        return counts
    connection.execute(
        "delete from raw.quarantined_rows where rowid in (select unnest(?))", [gone]
    )
    known = set(connection.execute("from raw.withheld_keys").fetchall())
    insert_records(connection, "withheld_keys", sorted({*learnt} - known))
    return counts


def _is_described(connection, kind: str, key: str, delivery: str) -> bool:
    """Say whether a delivery itself says of a key that it is an ordinary one."""
    column, table = KINDS[kind]
    asked = (
        f"select 1 from raw.{table} where {quoted(column)} = ? and _delivery_id = ? "
        "limit 1"
    )
    return connection.execute(asked, [key, delivery]).fetchone() is not None
