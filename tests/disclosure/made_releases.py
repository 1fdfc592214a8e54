"""What tests ask of a prepared release of made counts.

Belongs here: its rows to change, and the audit of them. Does not belong here: counts
(``made_counts``), attacks (``attackers``).
"""

from dagster_project.disclosure.prepare import Prepared
from dagster_project.disclosure.public_tables import PUBLIC_TABLES
from dagster_project.disclosure.verify import audit_written
from tests.disclosure.made_counts import made_counts

TABLES = {table.name: table for table in PUBLIC_TABLES}


def written(prepared: Prepared) -> dict[str, list[dict]]:
    return {name: [dict(row) for row in rows] for name, rows in prepared.rows.items()}


def findings(prepared: Prepared, rows: dict, register=(), counts=None) -> list:
    return audit_written(rows, prepared.shapes, counts or made_counts(), register, 11)
