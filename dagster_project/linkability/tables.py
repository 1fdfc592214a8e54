"""The tables of linkability in the schema ``linkage``: their columns, and writing them.

Belongs here: names, types, one transaction. Does not belong here: what is in a row
(``identifiers``, ``quality_rows``).
"""

from datetime import datetime

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.linkability.identifiers import identifier_rows
from dagster_project.linkability.quality_rows import group_rows, pair_rows
from dagster_project.linkage.columns import RECORD_ID
from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.evidence import evidence
from dagster_project.linkage.report.people import recorded
from dagster_project.linkage.tables import LinkResult

TABLES = {
    "identifier_quality": "One row per department and identifier: how often it is "
    "there, usable, and how well it tells people apart.",
    "link_quality_by_department_pair": "One row per department and other department: "
    "estimated rates of false and missed matches between their records.",
    "link_quality_by_group": "One row per grouping and group of people: whether it "
    "serves them alike. Groups of few people are pooled.",
}


def _counts(*names: str) -> list[tuple[str, pa.DataType]]:
    return [(name, pa.int64()) for name in names]


def _rates(*names: str) -> list[tuple[str, pa.DataType]]:
    ends = ("", "_low", "_high")
    return [(f"{name}{end}", pa.float64()) for name in names for end in ends]


SCHEMAS = {
    "identifier_quality": pa.schema(
        [
            ("department", pa.string()),
            ("identifier", pa.string()),
            *_counts("n_records", "n_delivered", "n_usable", "n_distinct"),
            ("share_unique", pa.float64()),
            ("entropy_bits", pa.float64()),
            ("chance_matches", pa.float64()),
            ("estimated_by", pa.string()),
        ]
    ),
    "link_quality_by_department_pair": pa.schema(
        [
            ("department", pa.string()),
            ("other_department", pa.string()),
            *_counts("n_people_both", "n_people_either"),
            *_rates("false_match_rate", "missed_match_rate"),
            *_counts("n_questions"),
            ("estimated_by", pa.string()),
        ]
    ),
    "link_quality_by_group": pa.schema(
        [
            ("grouping", pa.string()),
            ("people_group", pa.string()),
            *_counts("n_records", "n_people"),
            ("share_unlinkable", pa.float64()),
            ("share_linked_elsewhere", pa.float64()),
            ("share_in_review", pa.float64()),
            ("mean_link_confidence", pa.float64()),
            *_rates("false_link_share", "missed_link_share"),
            ("estimated_by", pa.string()),
        ]
    ),
}


def linkability(
    result: LinkResult, records: pa.Table, on: datetime
) -> dict[str, pa.Table]:
    """Return every table of linkability.

    Args:
        result: the run.
        records: the client records that were linked.
        on: day on which people have their age.
    """
    if not result.partition.num_rows:
        return {table: schema.empty_table() for table, schema in SCHEMAS.items()}
    config = LinkConfig()
    found = evidence(result, config)
    known = recorded(records, found.ids, config, on)
    place = pc.index_in(found.ids, value_set=records[RECORD_ID].combine_chunks())
    delivered = records.take(place)
    rows = {
        "identifier_quality": identifier_rows(known, delivered, found.cluster),
        "link_quality_by_department_pair": pair_rows(found, known, config),
        "link_quality_by_group": group_rows(found, known),
    }
    return {
        table: pa.Table.from_pylist(
            [
                {name: _known(value) for name, value in row.items()}
                for row in rows[table]
            ],
            SCHEMAS[table],
        )
        for table in TABLES
    }


def _known(value: object) -> object:
    """Return a value with null for what could not be estimated."""
    return None if isinstance(value, float) and np.isnan(value) else value


def write_linkability(
    connection: duckdb.DuckDBPyConnection, tables: dict[str, pa.Table]
) -> dict[str, int]:
    """Replace the tables in one transaction and return their rows."""
    connection.execute("begin transaction")
    try:
        for table, _rows in tables.items():
            connection.execute(
                f"create or replace table linkage.{table} as select * from _rows"
            )
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")
    return {table: rows.num_rows for table, rows in tables.items()}
