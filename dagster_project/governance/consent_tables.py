"""The raw tables that tell dbt what was said about consent, and what was agreed.

Belongs here: their rows, from the file of statements, the agreement and the consents
that departments delivered. Does not belong here: which client's rows they reach (dbt).
"""

from datetime import datetime
from pathlib import Path

import duckdb

from dagster_project.governance.agreement import Agreement
from dagster_project.governance.statement_file import add_statements, read_statements
from dagster_project.governance.statements import Statement, holding

TABLES = {
    "consent_statements": "One row per client record, kind of consent and purpose: the "
    "last word a steward wrote down, or a delivered consent that ended.",
    "agreement_terms": "One row per term of the sharing agreement that SQL needs.",
}
DEFINITIONS = """
create or replace table raw.consent_statements (
    client_record_id varchar not null,
    consent varchar not null,
    purpose varchar not null,
    said varchar not null,
    said_on date not null,
    consent_id varchar not null
);
create or replace table raw.agreement_terms (
    term varchar not null,
    subject varchar not null,
    value varchar not null
);
"""
ENDED = """
select distinct
    id,
    regexp_extract(
        json_extract_string(resource, '$.patient.reference'),
        '^(?:urn:uuid:|(?:.*/)?Patient/)?([A-Za-z0-9._-]+)(?:/_history/.*)?$',
        1
    ) as patient_id,
    cast(left(last_updated, 10) as date) as ended_on
from raw.dph_consent
where json_extract_string(resource, '$.status') in ('inactive', 'rejected')
qualify row_number() over (partition by id order by last_updated, _row_number) = 1
order by all
"""
"""Consents withdrawn or refused, by any version ever delivered (FHIR R4 Consent.status:
inactive is withdrawn or expired early, rejected was never given). The patient is who
``reference_id`` (dbt) understands: what stands behind ``/_history/`` is a version."""


def delivered_ends(
    connection: duckdb.DuckDBPyConnection, agreement: Agreement, at: datetime
) -> list[Statement]:
    """Return a statement per delivered consent that its client took back."""
    if "part2" not in agreement.consents:
        return []
    purposes = agreement.consents["part2"].purposes
    return [
        Statement(
            said="revoked",
            client_record_id=f"dph:fhir:{patient_id}",
            consent="part2",
            purposes=purposes,
            on=ended_on or at.date(),
            at=at,
            by="dph_fhir",
            reason="delivered so",
            consent_id=consent_id,
        )
        for consent_id, patient_id, ended_on in connection.execute(ENDED).fetchall()
        if patient_id
    ]


def terms(agreement: Agreement) -> list[tuple[str, str, str]]:
    """Return the terms that SQL needs, as (term, subject, value), sorted."""
    rows = [("eligibility", "months", str(agreement.eligibility.months))]
    rows += [
        ("gate", purpose, "eligibility") for purpose in agreement.eligibility.gates
    ]
    for consent in agreement.consents.values():
        rows += [
            (f"consent:{consent.name}", p, consent.when_silent)
            for p in consent.purposes
        ]
    rows += [
        (f"bound:{feed.consent}", "department", feed.department)
        for feed in agreement.feeds.values()
        if feed.consent
    ]
    return sorted(rows)


def write_tables(
    connection: duckdb.DuckDBPyConnection,
    agreement: Agreement,
    statements: Path,
    at: datetime,
) -> dict[str, int]:
    """Keep what deliveries ended, then write both tables whole.

    Args:
        connection: A warehouse whose raw tables exist.
        agreement: The agreement in force.
        statements: The file of statements; gains the consents that ended.
        at: The run's clock (UTC).

    Returns:
        Rows by table.
    """
    add_statements(statements, delivered_ends(connection, agreement, at))
    rows = {
        "consent_statements": holding(read_statements(statements)),
        "agreement_terms": terms(agreement),
    }
    connection.execute("begin transaction")
    try:
        connection.execute(DEFINITIONS)
        for table, found in rows.items():
            if found:
                places = ", ".join("?" * len(found[0]))
                connection.executemany(
                    f"insert into raw.{table} values ({places})", found
                )
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")
    return {table: len(found) for table, found in rows.items()}
