"""Will we be able to link? Measured after linkage, as tables for the marts.

Belongs here: reading a run back and the assets. Does not belong here: what is measured
(``linkability``, ``linkage.report``).
"""

from collections.abc import Iterator
from datetime import datetime, time

import dagster as dg

from dagster_project.defs.linkage import CLIENT_RECORDS
from dagster_project.defs.resources import Warehouse
from dagster_project.linkability.tables import TABLES
from dagster_project.linkage.store import TABLES as LINKED


@dg.multi_asset(
    name="measure_linkability",
    specs=[
        dg.AssetSpec(
            ["linkage", table],
            deps=[CLIENT_RECORDS, *(dg.AssetKey(["linkage", name]) for name in LINKED)],
            group_name="linkage",
            description=description,
            kinds={"python", "duckdb"},
        )
        for table, description in TABLES.items()
    ],
    pool="duckdb_writer",
)
def measure_linkability(warehouse: Warehouse) -> Iterator[dg.MaterializeResult]:
    """Measure identifiers, pairs of departments and groups of people."""
    from dagster_project.linkability.tables import linkability, write_linkability
    from dagster_project.linkage.report.stored import stored_result

    with warehouse.connect(read_only=True) as connection:
        result = stored_result(connection)
        records = connection.execute(
            "select * from intermediate.int_client_records order by client_record_id"
        ).to_arrow_table()
        (through,) = connection.execute(
            "select max(data_through) from intermediate.int_data_through "
            "where feed = 'overall'"
        ).fetchone()
    # Ages of the data's last day, so that the same deliveries give the same tables.
    on = datetime.combine(through, time()) if through else warehouse.now()
    tables = linkability(result, records, on)
    with warehouse.connect() as connection:
        rows = write_linkability(connection, tables)
    for table in TABLES:
        yield dg.MaterializeResult(
            asset_key=["linkage", table], metadata={"dagster/row_count": rows[table]}
        )


@dg.definitions
def linkability_tables() -> dg.Definitions:
    """Register the tables."""
    return dg.Definitions(assets=[measure_linkability])
