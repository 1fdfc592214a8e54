"""Public tables: small cells hidden, the release audited before anything is published.

Belongs here: the assets between the marts and their published copy, and the check that
blocks it. Does not belong here: what is hidden and why (``disclosure``).
"""

from collections.abc import Iterator

import dagster as dg

from dagster_project.defs.resources import Warehouse
from dagster_project.disclosure.public_tables import PUBLIC_TABLES
from dagster_project.disclosure.system import named
from dagster_project.disclosure.tables import ABOUT_SCORES, SCORE_TABLE
from dagster_project.governance.in_force import projects_agreement

ABOUT = {table.name: table.about for table in PUBLIC_TABLES} | {
    SCORE_TABLE: ABOUT_SCORES
}
PUBLIC = [dg.AssetKey(["marts", name]) for name in ABOUT]
"""The assets that ``defs.publication`` waits for."""

COUNTS = [
    *(dg.AssetKey(["linked", table.counts]) for table in PUBLIC_TABLES),
    dg.AssetKey(["seeds", "calhhs_publication_score"]),
    dg.AssetKey(["marts", "contacts"]),
]

AUDIT = "no_small_cell_can_be_recovered"
NAMED = 5
"""Cells named in a check's result, without their counts; the first few will do."""


@dg.multi_asset(
    name="hide_small_cells",
    specs=[
        dg.AssetSpec(
            ["marts", name],
            deps=COUNTS,
            group_name="marts",
            description=about,
            kinds={"python", "duckdb"},
        )
        for name, about in ABOUT.items()
    ],
    check_specs=[
        dg.AssetCheckSpec(
            AUDIT,
            asset=dg.AssetKey(["marts", table.name]),
            blocking=True,
            description="who has all public tables cannot work a small cell out, "
            "neither exactly nor nearly",
        )
        for table in PUBLIC_TABLES
    ],
    pool="duckdb_writer",
    retry_policy=dg.RetryPolicy(max_retries=1, delay=1),
)
def hide_small_cells(
    warehouse: Warehouse,
) -> Iterator[dg.MaterializeResult | dg.AssetCheckResult]:
    """Write the public tables without what is too old, then audit what was written."""
    from dagster_project.disclosure import tables
    from dagster_project.disclosure.clock import end_releases
    from dagster_project.disclosure.prepare import prepare
    from dagster_project.disclosure.register import read_register
    from dagster_project.disclosure.verify import audit_written

    today = warehouse.now().date()
    agreement = projects_agreement(today)
    minimum = agreement.small_cell_minimum
    end_releases(warehouse.places.public_releases, agreement, today)
    register = read_register(warehouse.places.public_releases)
    with warehouse.connect() as connection:
        counts = tables.read_counts(connection)
        prepared = prepare(
            counts,
            tables.read_points(connection),
            register,
            data_through=tables.read_data_through(connection),
            minimum=minimum,
        )
        rows = tables.write_public(connection, prepared)
        findings = audit_written(
            tables.read_public(connection),
            tables.read_shapes(connection),
            counts,
            register,
            minimum,
        )
    for name in ABOUT:
        yield dg.MaterializeResult(
            asset_key=["marts", name], metadata={"dagster/row_count": rows[name]}
        )
    for table in PUBLIC_TABLES:
        # A cell that no table shows is every table's concern.
        broken = [f for f in findings if not f.tables or table.name in f.tables]
        yield dg.AssetCheckResult(
            asset_key=["marts", table.name],
            check_name=AUDIT,
            passed=not broken,
            severity=dg.AssetCheckSeverity.ERROR,
            metadata={
                "cells_found": len(broken),
                "cells": "; ".join(named(f.key) for f in broken[:NAMED]),
                "rules_broken": "; ".join(sorted({f.rule for f in broken})),
            },
        )


@dg.definitions
def public_tables() -> dg.Definitions:
    """Register the public tables."""
    return dg.Definitions(assets=[hide_small_cells])
