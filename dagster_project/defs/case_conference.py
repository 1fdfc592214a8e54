"""The case conference as assets: the list that people keep, the flow as published.

Belongs here: reading the list's file after linkage, and booking what the by-name flow
publishes. Does not belong here: what may be decided, what counts (``case_conference``).
"""

from collections.abc import Iterator

import dagster as dg

from dagster_project.case_conference.flow_revisions import TABLES, book_flow
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


FLOW_BOOK = [dg.AssetKey(["marts", table]) for table in TABLES]


@dg.multi_asset(
    name="book_by_name_flow",
    specs=[
        dg.AssetSpec(
            ["marts", table],
            deps=[dg.AssetKey(["marts", "by_name_flow"])],
            group_name="marts",
            description=description,
            kinds={"python", "duckdb"},
        )
        for table, description in TABLES.items()
    ],
    pool="duckdb_writer",
)
def book_by_name_flow(warehouse: Warehouse) -> Iterator[dg.MaterializeResult]:
    """Book what is published of each month; past publications stay."""
    with warehouse.connect() as connection:
        rows = book_flow(connection, warehouse.now())
    for table in TABLES:
        yield dg.MaterializeResult(
            asset_key=["marts", table], metadata={"dagster/row_count": rows[table]}
        )


@dg.definitions
def case_conference() -> dg.Definitions:
    """Register the list and the book."""
    return dg.Definitions(assets=[case_list, book_by_name_flow])
