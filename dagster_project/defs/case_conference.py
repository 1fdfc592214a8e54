"""The case conference's list as an asset: people's decisions, beside today's persons.

Belongs here: reading the file and writing the table after linkage. Does not belong
here: what may be decided (``case_conference``).
"""

import dagster as dg

from dagster_project.case_conference.list_file import read_case_list
from dagster_project.case_conference.table import write_case_list
from dagster_project.defs.resources import Warehouse

CASE_LIST = dg.AssetKey(["linkage", "case_list"])


@dg.asset(
    key=CASE_LIST,
    group_name="linkage",
    deps=[
        dg.AssetKey(["linkage", "identity_events"]),
        dg.AssetKey(["linkage", "client_links"]),
    ],
    pool="duckdb_writer",
    kinds={"python", "duckdb"},
    description="One row per entry of the case conference's list, with the person it "
    "is about today.",
)
def case_list(warehouse: Warehouse) -> dg.MaterializeResult:
    """Follow every listed person through the identity ledger to today."""
    listings = read_case_list(warehouse.places.case_list)
    with warehouse.connect() as connection:
        rows = write_case_list(connection, listings.values())
    return dg.MaterializeResult(
        metadata={"dagster/row_count": rows, "listings": len(listings)}
    )


@dg.definitions
def case_conference() -> dg.Definitions:
    """Register the list."""
    return dg.Definitions(assets=[case_list])
