"""The linkage step: client records in, persons out, as assets.

Belongs here: reading the waist and the identity ledger, and the assets. Does not belong
here: how records are compared (``linkage``).
"""

from collections.abc import Iterator

import dagster as dg

from dagster_project.defs.resources import Warehouse
from dagster_project.linkage.store import TABLES, read_events, write_linkage

CLIENT_RECORDS = dg.AssetKey(["intermediate", "int_client_records"])


@dg.multi_asset(
    name="link_people",
    specs=[
        dg.AssetSpec(
            ["linkage", table],
            deps=[CLIENT_RECORDS],
            group_name="linkage",
            description=description,
            kinds={"python", "duckdb"},
        )
        for table, description in TABLES.items()
    ],
    pool="duckdb_writer",
    retry_policy=dg.RetryPolicy(max_retries=1, delay=1),
)
def link_people(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> Iterator[dg.MaterializeResult]:
    """Link all client records and book what changed in the identity ledger."""
    from dagster_project.linkage.link import link

    with warehouse.connect() as connection:
        records = connection.sql(
            "select * from intermediate.int_client_records order by client_record_id"
        ).to_arrow_table()
        earlier = read_events(connection)
    result = link(
        records, progress=lambda stage, seconds: context.log.info(f"{stage} done")
    )
    with warehouse.connect() as connection:
        rows = write_linkage(
            connection,
            result,
            records,
            earlier,
            key=warehouse.person_key(),
            at=warehouse.now(),
            run_id=context.run_id,
        )
    seconds = {stage: round(spent, 2) for stage, spent in result.seconds.items()}
    for table in TABLES:
        yield dg.MaterializeResult(
            asset_key=["linkage", table],
            metadata={"dagster/row_count": rows[table], "seconds": seconds},
        )
