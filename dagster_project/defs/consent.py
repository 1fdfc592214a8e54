"""What was said about consent, as raw tables: before anything is built from clients.

Belongs here: the asset. Does not belong here: what holds (``governance.statements``).
"""

from collections.abc import Iterator

import dagster as dg

from dagster_project.defs.ingestion import raw_key
from dagster_project.defs.resources import Warehouse
from dagster_project.governance.consent_tables import TABLES, write_tables
from dagster_project.governance.in_force import projects_agreement


@dg.multi_asset(
    name="consent",
    specs=[
        dg.AssetSpec(
            raw_key(table),
            group_name="raw",
            # After the ledger, which takes expunged clients out of what lies here.
            deps=[raw_key("dph_consent"), raw_key("deliveries")],
            description=description,
            kinds={"python", "duckdb"},
        )
        for table, description in TABLES.items()
    ],
    pool="duckdb_writer",
    retry_policy=dg.RetryPolicy(max_retries=1, delay=1),
)
def consent(warehouse: Warehouse) -> Iterator[dg.MaterializeResult]:
    """Keep the revocations that were delivered, and lay out all that hold."""
    agreement = projects_agreement(warehouse.now().date())
    with warehouse.connect() as connection:
        rows = write_tables(
            connection, agreement, warehouse.places.consents, warehouse.now()
        )
    for table, count in rows.items():
        yield dg.MaterializeResult(
            asset_key=raw_key(table), metadata={"dagster/row_count": count}
        )


@dg.definitions
def consents() -> dg.Definitions:
    """Register the tables of consent."""
    return dg.Definitions(assets=[consent])
