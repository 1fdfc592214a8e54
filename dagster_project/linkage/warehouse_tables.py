"""The tables of schema ``linkage``: what they are, and making them empty.

Belongs here: names, descriptions, columns. Does not belong here: writing rows
(``store``).
"""

import duckdb
import pyarrow as pa

from dagster_project.linkage.blocking_key_table import BLOCKING_KEYS
from dagster_project.linkage.decision_review import DECISIONS
from dagster_project.linkage.ledger import EVENTS
from dagster_project.linkage.ledger_sql import create_macros
from dagster_project.linkage.people import CLIENT_LINKS, PERSONS
from dagster_project.linkage.questions import REVIEW_QUEUE
from dagster_project.linkage.tables import CANDIDATE_PAIRS, EDGES, MODELS

TABLES = {
    "blocking_keys": "One row per client record, blocking rule and key: two records "
    "with the same key under a rule may be compared. Good for asking why two records "
    "were never compared. A key is a hash of the values themselves, the same on every "
    "machine and without a secret: whoever has a social security number, a telephone "
    "or a name can find its key, so it is as personal as they are and never leaves the "
    "warehouse. Not for telling that two records are one person.",
    "candidate_pairs": "One row per pair of client records that a blocking rule "
    "brought together and that is not ruled out.",
    "edges": "One row per pair of client records that is more likely one person than "
    "two. match_weight is the model's evidence in bits; match_probability is how many "
    "pairs of that weight are one person as the clusters of the file have it, and "
    "neither can be computed from the other.",
    "client_links": "One row per client record: its person, or why it has none.",
    "persons": "One row per person, current.",
    "identity_events": "One row per change of identity ever made; append-only.",
    "decisions": "One row per decision of a steward ever, and how it stands.",
    "review_queue": "One row per question for a steward.",
    "models": "One row per trained model.",
    "blocking_report": "One row per blocking rule: what it brought and left out.",
}

KEPT_MODELS = pa.schema(
    [
        *MODELS,
        ("n_training_pairs", pa.int64()),
        ("calibration", pa.string()),
        ("trained_at", pa.timestamp("us")),
    ]
)
"""``models`` with the size of EM's sample and, per bin of match probability, what the
model states and stewards said in the run that trained it."""


def create_empty(connection: duckdb.DuckDBPyConnection) -> None:
    """Make the schema and every table in it that other code expects to be there."""
    connection.execute("create schema if not exists linkage")
    for table, schema in (
        ("blocking_keys", BLOCKING_KEYS),
        ("candidate_pairs", CANDIDATE_PAIRS),
        ("edges", EDGES),
        ("client_links", without_zone(CLIENT_LINKS)),
        ("persons", without_zone(PERSONS)),
        ("identity_events", without_zone(EVENTS)),
        ("decisions", without_zone(DECISIONS)),
        ("review_queue", REVIEW_QUEUE),
        ("models", KEPT_MODELS),
    ):
        empty = connection.from_arrow(schema.empty_table())
        columns = ", ".join(
            f'"{name}" {kind}'
            for name, kind in zip(empty.columns, empty.types, strict=True)
        )
        # Not "create table as": in DuckDB 1.5.5 a table so made from an empty Arrow
        # table silently drops the first insert of more than 122,879 rows that comes
        # from Arrow in the same transaction.
        connection.execute(f"create table if not exists linkage.{table} ({columns})")
        # A warehouse of an earlier version lacks what was added since.
        for name, kind in zip(empty.columns, empty.types, strict=True):
            connection.execute(
                f'alter table linkage.{table} add column if not exists "{name}" {kind}'
            )
    create_macros(connection)


def without_zone(schema: pa.Schema) -> pa.Schema:
    """Return a schema whose instants are plain UTC timestamps, as dbt's are."""
    plain = pa.timestamp("us")
    return pa.schema(
        [
            pa.field(f.name, plain if pa.types.is_timestamp(f.type) else f.type)
            for f in schema
        ]
    )
