"""The linkage step: client records in, persons out, as assets.

Belongs here: reading the waist, the identity ledger and the stewards' decisions, and
the assets. Does not belong here: how records are compared (``linkage``).
"""

from collections.abc import Iterator

import dagster as dg

from dagster_project.defs.resources import Warehouse
from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.decision_contents import contents
from dagster_project.linkage.decision_file import read_decisions
from dagster_project.linkage.decisions import CANNOT_LINK, MUST_LINK, stand
from dagster_project.linkage.ledger_sql import withhold
from dagster_project.linkage.store import TABLES, read_events, write_linkage
from dagster_project.linkage.warehouse_tables import create_empty

CLIENT_RECORDS = dg.AssetKey(["intermediate", "int_client_records"])

INPUTS = (
    CLIENT_RECORDS,
    dg.AssetKey(["intermediate", "int_client_record_deaths"]),
    dg.AssetKey(["intermediate", "int_objections"]),
)

RECORDS = """
    select records.*, deaths.died_on
    from intermediate.int_client_records as records
    left join intermediate.int_client_record_deaths as deaths
        on records.client_record_id = deaths.client_record_id
    order by records.client_record_id
"""


OBJECTED = """
    select distinct source_client_record_id
    from intermediate.int_objections
    where purpose in ('linkage', 'analysis')
    order by all
"""


@dg.multi_asset(
    name="link_people",
    specs=[
        dg.AssetSpec(
            ["linkage", table],
            deps=INPUTS,
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
        records = connection.sql(RECORDS).to_arrow_table()
        earlier = read_events(connection)
        objected = [record for (record,) in connection.execute(OBJECTED).fetchall()]
    key = warehouse.person_key()
    decisions = read_decisions(warehouse.places.decisions)
    named = {record for decision in decisions for record in decision.records}
    standing = stand(decisions, contents(records, named, key))
    result = link(
        records,
        config=LinkConfig(blocking_keys=True),
        must_link=standing.pairs(MUST_LINK),
        cannot_link=standing.pairs(CANNOT_LINK),
        progress=lambda stage, seconds: context.log.info(f"{stage} done"),
    )
    with warehouse.connect() as connection:
        create_empty(connection)
        withhold(connection, objected)
        rows = write_linkage(
            connection,
            result,
            records,
            earlier,
            key=key,
            at=warehouse.now(),
            run_id=context.run_id,
            standing=standing,
        )
    seconds = {stage: round(spent, 2) for stage, spent in result.seconds.items()}
    for table in TABLES:
        yield dg.MaterializeResult(
            asset_key=["linkage", table],
            metadata={"dagster/row_count": rows[table], "seconds": seconds},
        )
