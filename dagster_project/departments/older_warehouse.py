"""Tell a warehouse that cannot be gone on with, and say what to do.

Belongs here: what rows lack that no statement can add. Does not belong here: columns
that are added in passing (``ledger_tables``), damage (``obstacles``).
"""

import duckdb

from dagster_project.departments.nemsis_ids import agency_of, own_agencies

CARE_REPORTS, REPORT_ID = "fire_epcr", "report_id"
TOO_OLD = (
    "its care reports were taken by an earlier release, which told them apart by their "
    "number alone, whatever agency wrote them, so that one may have replaced another. "
    "Move it away and run again: the deliveries in the landing folder make all of it "
    "anew; what stewards decided and who was expunged is kept beside it and holds on. "
    "Before that run, 'throughline carry-over' and its new name keep who was who."
)

OTHER_AGENCIES = (
    "own_agencies.csv says otherwise of agency {agency} than when its care reports "
    "were taken, so that one report would get two ids. Put the line back as it was, or "
    "move the warehouse away and run again: the deliveries in the landing folder make "
    "all of it anew, and 'throughline carry-over' and its new name, before that run, "
    "keep who was who."
)


class OlderWarehouseError(RuntimeError):
    """A warehouse of an earlier release cannot be gone on with."""


def _columns_of(connection: duckdb.DuckDBPyConnection, table: str) -> set[str]:
    """Return the columns of a raw table, none where there is no such table."""
    found = connection.execute(
        "select column_name from duckdb_columns() "
        "where database_name = current_database() "
        "and schema_name = 'raw' and table_name = ?",
        [table],
    ).fetchall()
    return {name for (name,) in found}


def too_old(connection: duckdb.DuckDBPyConnection) -> str:
    """Say why a warehouse of an earlier release cannot be gone on with, '' if it can.

    Its care reports do not say which agency made them, and no column can be added that
    would: only their deliveries tell. Or they were given ids by another list of the
    department's own agencies.
    """
    columns = _columns_of(connection, CARE_REPORTS)
    if not columns:
        return ""
    if REPORT_ID in columns:
        return _other_agencies(connection)
    found = connection.execute(f"select 1 from raw.{CARE_REPORTS} limit 1").fetchone()
    return TOO_OLD if found else ""


def _other_agencies(connection: duckdb.DuckDBPyConnection) -> str:
    asked = (
        "select distinct eresponse_01, dagency_02, report_id <> trim(erecord_01) "
        f"from raw.{CARE_REPORTS} where report_id is not null order by all"
    )
    for response, header, is_others in connection.execute(asked).fetchall():
        agency = agency_of((response, header))
        if agency and is_others == (agency in own_agencies()):
            return OTHER_AGENCIES.format(agency=agency)
    return ""
