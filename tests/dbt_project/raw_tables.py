"""An empty warehouse as intake and linkage leave it, and rows to put into it.

Belongs here: the tables dbt reads but does not write. Does not belong here: asserts.
"""

from collections.abc import Iterable, Mapping

import duckdb

from dagster_project.departments.feeds import FEEDS
from dagster_project.governance.consent_tables import terms
from dagster_project.governance.in_force import checked
from dagster_project.linkability.tables import SCHEMAS
from dagster_project.places import agreement_file

COLUMNS = {
    table.name: tuple(dict.fromkeys(table.columns))
    for feed in FEEDS
    for table in feed.tables
}
LEDGER = """
    create table raw.deliveries (
        delivery_id varchar, feed varchar, department varchar, name varchar,
        sha256 varchar, bytes bigint, mode varchar, schema_version varchar,
        extracted_at timestamp, period_start date, period_end date, rows_in bigint,
        rows_loaded bigint, rows_quarantined bigint, status varchar, reason varchar,
        taken_at timestamp, manifest_sha256 varchar
    );
    create table raw.quarantined_rows (
        delivery_id varchar, department varchar, table_name varchar, line bigint,
        column_name varchar, rule varchar, reason varchar, original varchar
    );
    create table raw.left_out_rows (
        delivery_id varchar, table_name varchar, rule varchar, rows bigint
    );
    create table raw.consent_statements (
        client_record_id varchar, consent varchar, purpose varchar, said varchar,
        said_on date, consent_id varchar
    );
    create table raw.agreement_terms (term varchar, subject varchar, value varchar)
"""
LINKAGE = """
    create table linkage.client_links (
        client_record_id varchar, person_id varchar, link_confidence double,
        link_status varchar, linked_at timestamp, model_id varchar,
        person_id_loose varchar, person_id_strict varchar
    );
    create table linkage.persons (
        person_id varchar, minted_at timestamp, n_client_records bigint,
        departments varchar, min_link_confidence double, needs_review boolean
    )
"""
CASE_LIST = """
    create table linkage.case_list (
        listing_id varchar, entry_number bigint, action varchar, state varchar,
        person_id varchar, listed_person_id varchar, identity_change varchar,
        reason varchar, team_code varchar, decided_by varchar, decided_at timestamp
    )
"""

KINDS = {"string": "varchar", "int64": "bigint", "double": "double"}


def create_empty(connection: duckdb.DuckDBPyConnection) -> None:
    """Create every table dbt reads, without a row."""
    connection.execute("create schema raw; create schema linkage")
    for name, columns in COLUMNS.items():
        listed = ", ".join(f'"{column}" varchar' for column in columns)
        connection.execute(
            f"create table raw.{name} ({listed}, _delivery_id varchar, "
            "_row_number bigint)"
        )
    connection.execute(LEDGER)
    connection.execute(LINKAGE)
    create_after_linkage(connection)
    agreed = terms(checked(agreement_file()))
    connection.executemany("insert into raw.agreement_terms values (?, ?, ?)", agreed)


def create_after_linkage(connection: duckdb.DuckDBPyConnection) -> None:
    """Create what is written from linkage before the marts, without a row."""
    connection.execute(CASE_LIST)
    for table, schema in SCHEMAS.items():
        listed = ", ".join(f"{f.name} {KINDS[str(f.type)]}" for f in schema)
        connection.execute(f"create table linkage.{table} ({listed})")


def insert(
    connection: duckdb.DuckDBPyConnection,
    table: str,
    rows: Iterable[Mapping[str, object]],
) -> None:
    """Insert rows given as mappings; columns left out are null."""
    for row in rows:
        columns = ", ".join(f'"{column}"' for column in row)
        places = ", ".join("?" * len(row))
        connection.execute(
            f"insert into {table} ({columns}) values ({places})", list(row.values())
        )
