"""The schema ``linkage`` in the warehouse, written in one transaction.

Belongs here: reading the identity ledger and writing a run's tables. Does not belong
here: who is who (``identity``, ``people``), when a run happens (the caller).

The ledger is only ever added to; the other tables are the present, replaced whole. All
of it is one transaction, so readers never see links without the events behind them.
"""

from datetime import UTC, datetime

import duckdb
import pyarrow as pa

from dagster_project.linkage.blocking_key_table import BLOCKING_KEYS
from dagster_project.linkage.calibration import calibration
from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.decision_review import (
    decision_questions,
    decision_table,
)
from dagster_project.linkage.decisions import Standing
from dagster_project.linkage.identity import reconcile
from dagster_project.linkage.ledger import EVENTS, Ledger, no_events, replay
from dagster_project.linkage.ledger_sql import check_present
from dagster_project.linkage.people import client_links, persons
from dagster_project.linkage.questions import REVIEW_QUEUE, most_useful_first
from dagster_project.linkage.tables import LinkResult
from dagster_project.linkage.warehouse_tables import (
    TABLES,
    create_empty,
    without_zone,
)


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
    standing: Standing | None = None,
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
        standing: How the decisions of stewards stood when the engine was told them.

    Returns:
        Rows by table after the run.
    """
    moment = at.replace(tzinfo=UTC)
    thin = result.partition.filter(result.partition["cluster"].is_null())
    standing = (standing or Standing()).without_thin(
        set(thin["client_record_id"].to_pylist())
    )
    before = replay(earlier)
    fresh = reconcile(
        before,
        result.partition.filter(result.partition["cluster"].is_valid()),
        key=key,
        run_id=run_id,
        model_id=result.model_id,
        at=moment,
        decisions=standing.decisions,
    )
    ledger = before
    if fresh.num_rows:
        ledger = replay(pa.concat_tables([earlier, fresh]))
    links = client_links(result, ledger, key)
    queue = pa.concat_tables([result.review_queue, _asked_again(standing, ledger)])
    departments = records.select(["client_record_id", "department"])
    keys = result.blocking_keys
    current = {
        "blocking_keys": BLOCKING_KEYS.empty_table() if keys is None else keys,
        "candidate_pairs": result.candidate_pairs,
        "edges": result.edges,
        "client_links": links,
        "persons": persons(links, ledger, departments, result.edges, queue),
        "decisions": decision_table(standing.decisions),
        "review_queue": most_useful_first(queue),
        "blocking_report": result.blocking_report,
    }
    connection.execute("begin transaction")
    try:
        create_empty(connection)
        for table, rows in current.items():
            _replace(connection, table, rows)
        _add_events(connection, fresh)
        _add_model(connection, result, standing, moment)
        check_present(connection)
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")
    return {
        table: connection.execute(f"select count(*) from linkage.{table}").fetchone()[0]
        for table in TABLES
    }


def _asked_again(standing: Standing, ledger: Ledger) -> pa.Table:
    """Return the questions about decisions, with how many records hang on each."""
    if not standing.decisions:
        return REVIEW_QUEUE.empty_table()
    sizes = ledger.links["person_id"].value_counts().to_pylist()
    return decision_questions(
        standing,
        ledger.person_of(),
        {row["values"]: row["counts"] for row in sizes},
    )


def _replace(connection: duckdb.DuckDBPyConnection, table: str, rows: pa.Table) -> None:
    """Replace a table of the present."""
    _rows = rows.cast(without_zone(rows.schema))
    connection.execute(
        f"create or replace table linkage.{table} as select * from _rows"
    )


def _add_events(connection: duckdb.DuckDBPyConnection, fresh: pa.Table) -> None:
    """Append to the ledger."""
    _rows = fresh.cast(without_zone(EVENTS))
    connection.execute(
        "insert into linkage.identity_events by name select * from _rows"
    )


def _add_model(
    connection: duckdb.DuckDBPyConnection,
    result: LinkResult,
    standing: Standing,
    moment: datetime,
) -> None:
    """Add the model, once: its id is the hash of its parameters."""
    _rows = result.models
    connection.execute(
        "insert into linkage.models by name "
        "select *, least(n_pairs, ?) as n_training_pairs, ? as calibration, "
        "?::timestamp as trained_at from _rows "
        "where model_id not in (select model_id from linkage.models)",
        [
            LinkConfig().fit_pairs,
            calibration(result.edges, standing.decisions),
            moment.replace(tzinfo=None),
        ],
    )
