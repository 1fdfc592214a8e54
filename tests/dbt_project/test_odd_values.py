"""Every column of every source with every odd value: no run stops, no time is made up.

The rows stand in ``raw`` as if no rule had looked at them, since some got there before
there was one.
"""

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pyarrow as pa
import pytest

from dagster_project.departments.feed import Table
from dagster_project.departments.feeds import FEEDS
from tests.dbt_project import tiny_city
from tests.dbt_project.conftest import run_dbt
from tests.dbt_project.raw_tables import COLUMNS, create_empty, insert

pytestmark = pytest.mark.faults

TEXTS = (
    "0000-00-00",
    "0000-01-01T00:00:00Z",
    "0001-01-01",
    "0001-01-01T00:00:00+14:00",
    "-0001-01-01",
    "10000-01-01",
    "9999-12-31",
    "9999-12-31T23:59:59.999Z",
    "2025-02-30",
    "2025-W27-1",
    "2025-07-01T24:00:00",
    "2025-06-30T23:59:60Z",
    "2025-07-01T25:61:61",
    "2025-07-01T00:00:00+99:99",
    "07/01/25",
    "7/1/0025",
    "45678",
    "45678.5",
    "-45678",
    "99999999999999999999999",
    "123456789012345678901234567890.12",
    "-5",
    "999",
    "1e400",
    "1e308",
    "NaN",
    "Infinity",
    "-Infinity",
    "epoch",
    "TRUE",
    "yes",
    "١٢٣",
    "\ufffd\\ud83d",
    "[1]",
    "{}",
    "null",
    '"',
    "%",
    "Ng" * 5_000,
)
VALUES = (12345678901234567890123, 1e300, -7, 1.5, True, None, [], {})
"""What a JSON document may hold that is no text."""
ENROLLED = {
    "EnrollmentID": "1",
    "PersonalID": "1",
    "DateUpdated": "2025-01-01",
    "_delivery_id": "hsh_hmis_20250701T040000_1a2b3c4d",
}
DIAGNOSED = {
    "resourceType": "Condition",
    "id": "c1",
    "code": {
        "coding": [{"system": "http://snomed.info/sct", "code": "1", "display": ""}]
    },
    "subject": {"reference": "Patient/1"},
    "encounter": {"reference": "Encounter/1"},
    "onsetDateTime": "2025-01-01",
    "recordedDate": "2025-01-01",
}
BARE = {
    "hsh_organization": ENROLLED | {"OrganizationID": "1"},
    "hsh_services": ENROLLED | {"DateProvided": "2025-01-01", "RecordType": "200"},
    "hsh_assessment": ENROLLED | {"AssessmentDate": "2025-01-01"},
    "dph_condition": {
        "resource_type": "Condition",
        "last_updated": "2025-01-01T00:00:00Z",
        "resource": json.dumps(DIAGNOSED),
        "_delivery_id": "dph_fhir_20250701T040000_1a2b3c4d",
    },
}
"""Rows of the tables that the tiny city leaves empty."""
MOMENTS = {"DATE", "TIMESTAMP"}


def documents(document: Any, value: Any) -> Iterator[Any]:
    """Yield copies of a document, each with a value in the place of one other."""
    if not isinstance(document, dict | list):
        yield value
        return
    is_object = isinstance(document, dict)
    for key in list(document) if is_object else range(len(document)):
        for inner in documents(document[key], value):
            copy = dict(document) if is_object else list(document)
            copy[key] = inner
            yield copy


def odd_rows(table: Table, row: dict) -> Iterator[dict]:
    """Yield copies of a row, each with an odd value in one column."""
    for column in COLUMNS[table.name]:
        if column not in (*table.key, table.document):
            yield from (row | {column: text} for text in TEXTS)
    if table.document:
        whole = json.loads(row[table.document])
        for value in (*TEXTS, *VALUES):
            for copy in documents(whole, value):
                yield row | {table.document: json.dumps(copy)}


def numbered(table: Table, rows: Iterator[dict]) -> Iterator[dict]:
    """Yield rows each under a key of its own."""
    for number, row in enumerate(rows, 1_000):
        key = {table.key[0]: f"odd{number}"} if len(table.key) == 1 else {}
        yield row | key | {"_row_number": number}


def fill(connection: duckdb.DuckDBPyConnection, table: Table, row: dict) -> None:
    """Add the odd copies of a row to its raw table."""
    odd = list(numbered(table, odd_rows(table, row)))
    columns = list(dict.fromkeys(column for copy in odd for column in copy))
    incoming = pa.table({c: [copy.get(c) for copy in odd] for c in columns})
    names = ", ".join(f'"{column}"' for column in columns)
    connection.register("incoming", incoming)
    connection.execute(
        f"insert into raw.{table.name} ({names}) select {names} from incoming"
    )
    connection.unregister("incoming")


@pytest.fixture(scope="module")
def odd_city(tmp_path_factory) -> Path:
    """Return a warehouse of the tiny city with every odd value in every column."""
    path = tmp_path_factory.mktemp("odd") / "warehouse.duckdb"
    with duckdb.connect(str(path)) as connection:
        create_empty(connection)
        for name, rows in tiny_city.TABLES.items():
            insert(connection, name, rows)
        first = {
            n.removeprefix("raw."): rows[0] for n, rows in tiny_city.TABLES.items()
        }
        for table in (table for feed in FEEDS for table in feed.tables):
            row = first.get(table.name) or BARE[table.name]
            known = {*COLUMNS[table.name], "_delivery_id"}
            fill(connection, table, {c: row[c] for c in row if c in known})
    target = tmp_path_factory.mktemp("odd_target")
    run_dbt(path, target, "build", "--exclude-resource-type", "unit_test")
    return path


def test_no_odd_value_stops_a_run_or_becomes_a_time_or_an_age(odd_city):
    with duckdb.connect(str(odd_city), read_only=True) as connection:
        columns = connection.execute(
            "select table_schema, table_name, column_name, data_type "
            "from information_schema.columns where table_schema in "
            "('staging', 'intermediate', 'marts')"
        ).fetchall()
        looked_at, wrong = 0, []
        for schema, table, column, kind in columns:
            if kind in MOMENTS:
                bad = f"year({column}) not between 1900 and 8999"
            elif column == "age":
                bad = "age not between 0 and 120"
            elif column.startswith("birth_year"):
                bad = f"{column} not between 1899 and {date.today().year}"
            else:
                continue
            looked_at += 1
            asked = f"select count(*) from {schema}.{table} where {bad}"
            if connection.execute(asked).fetchone()[0]:
                wrong.append(f"{schema}.{table}.{column}")
    assert looked_at > 100
    assert not wrong
