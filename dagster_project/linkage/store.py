"""The schema ``linkage`` in the warehouse, written in one transaction.

Belongs here: reading the identity ledger and writing a run's tables. Does not belong
here: who is who (``identity``, ``people``), when a run happens (the caller).

The ledger is only ever added to; the other tables are the present, replaced whole. All
of it is one transaction, so readers never see links without the events behind them.
"""

from datetime import UTC, datetime

import duckdb
import pyarrow as pa

from dagster_project.linkage.identity import EVENTS, no_events, reconcile
from dagster_project.linkage.people import CLIENT_LINKS, PERSONS, client_links, persons
from dagster_project.linkage.tables import (
    CANDIDATE_PAIRS,
    EDGES,
    MODELS,
    REVIEW_QUEUE,
    LinkResult,
)

TABLES = {
    "candidate_pairs": "One row per pair of client records that a blocking rule "
    "brought together and that is not ruled out.",
    "edges": "One row per pair of client records that is more likely one person than "
    "two.",
    "client_links": "One row per client record: its person, or why it has none.",
    "persons": "One row per person, current.",
    "identity_events": "One row per change of identity ever made; append-only.",
    "review_queue": "One row per question for a steward.",
    "models": "One row per trained model.",
    "blocking_report": "One row per blocking rule: what it brought and left out.",
}


def read_events(connection: duckdb.DuckDBPyConnection) -> pa.Table:
    """Return the identity ledger, empty before the first run."""
    known = connection.execute(
        "select count(*) from duckdb_tables() "
        "where schema_name = 'linkage' and table_name = 'identity_events'"
    ).fetchone()[0]
    if not known:
        return no_events()
    rows = connection.execute(
        """select * replace ("at" at time zone 'UTC' as "at") """
        "from linkage.identity_events order by event_id"
    ).to_arrow_table()
    return rows.select(EVENTS.names).cast(EVENTS)


def write_linkage(
    connection: duckdb.DuckDBPyConnection,
    result: LinkResult,
    records: pa.Table,
    earlier: pa.Table,
    *,
    key: bytes,
    at: datetime,
    run_id: str,
) -> dict[str, int]:
    """Book what changed and replace the current tables, in one transaction.

    Args:
        connection: The warehouse.
        result: What the engine decided.
        records: The client records it decided on, with ``department``.
        earlier: The identity ledger as ``read_events`` gave it.
        key: The secret of the person ids.
        at: The run's clock, UTC without zone.
        run_id: The run, named in each new event.

    Returns:
        Rows by table after the run.
    """
    moment = at.replace(tzinfo=UTC)
    linkable = [r for r in result.partition.to_pylist() if r["cluster"] is not None]
    fresh = reconcile(
        earlier,
        {row["client_record_id"]: row["cluster"] for row in linkable},
        key=key,
        run_id=run_id,
        model_id=result.model_id,
        at=moment,
        confidence={
            row["client_record_id"]: row["link_confidence"]
            for row in linkable
            if row["link_confidence"] is not None
        },
    )
    events = pa.concat_tables([earlier, fresh])
    links = client_links(result, events, key)
    departments = dict(
        zip(
            records["client_record_id"].to_pylist(),
            records["department"].to_pylist(),
            strict=True,
        )
    )
    current = {
        "candidate_pairs": result.candidate_pairs,
        "edges": result.edges,
        "client_links": links,
        "persons": persons(links, events, departments, result.review_queue),
        "review_queue": result.review_queue,
        "blocking_report": result.blocking_report,
    }
    connection.execute("begin transaction")
    try:
        create_empty(connection)
        for table, rows in current.items():
            _replace(connection, table, rows)
        _add_events(connection, fresh)
        _add_model(connection, result, moment)
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")
    return {
        table: connection.execute(f"select count(*) from linkage.{table}").fetchone()[0]
        for table in TABLES
    }


def create_empty(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the schema and every table in it that other code expects to be there."""
    connection.execute("create schema if not exists linkage")
    models = MODELS.append(pa.field("trained_at", pa.timestamp("us")))
    for table, schema in (
        ("candidate_pairs", CANDIDATE_PAIRS),
        ("edges", EDGES),
        ("client_links", _without_zone(CLIENT_LINKS)),
        ("persons", _without_zone(PERSONS)),
        ("identity_events", _without_zone(EVENTS)),
        ("review_queue", REVIEW_QUEUE),
        ("models", models),
    ):
        _empty = schema.empty_table()
        connection.execute(
            f"create table if not exists linkage.{table} as select * from _empty"
        )


def _without_zone(schema: pa.Schema) -> pa.Schema:
    """Return a schema whose instants are plain UTC timestamps, as dbt's are."""
    plain = pa.timestamp("us")
    return pa.schema(
        [
            pa.field(f.name, plain if pa.types.is_timestamp(f.type) else f.type)
            for f in schema
        ]
    )


def _replace(connection: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> None:
    """Replace a table of the present."""
    _rows = rows.cast(_without_zone(rows.schema))
    connection.execute(
        f"create or replace table linkage.{table} as select * from _rows"
    )


def _add_events(connection: duckdb.DuckDBPyConnection, fresh: pa.Table) -> None:
    """Append to the ledger."""
    _rows = fresh.cast(_without_zone(EVENTS))
    connection.execute(
        "insert into linkage.identity_events by name select * from _rows"
    )


def _add_model(
    connection: duckdb.DuckDBPyConnection, result: LinkResult, moment: datetime
) -> None:
    """Add the model, once: its id is the hash of its parameters."""
    _rows = result.models
    connection.execute(
        "insert into linkage.models by name "
        "select *, ?::timestamp as trained_at from _rows "
        "where model_id not in (select model_id from linkage.models)",
        [moment.replace(tzinfo=None)],
    )
