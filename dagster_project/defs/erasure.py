"""Erasure as the last step of a run: proof of what was carried out, and the clocks.

Belongs here: the asset. Does not belong here: carrying out, which comes before any
table is built (``defs.ledger``), and how either is done (``erasure``).
"""

import os

import dagster as dg

from dagster_project.defs.resources import Warehouse
from dagster_project.erasure import proving, retention
from dagster_project.governance.in_force import projects_agreement
from dagster_project.run_history import forget_runs
from dagster_project.shared_warehouse.connections import CONNECTION

COPIES = ["marts", "report", "linkage_report"]
if os.environ.get(CONNECTION):
    COPIES.append("shared_warehouse")
"""What must be published anew before a client can be called gone."""


@dg.asset(
    key=["published", "erasures"],
    group_name="published",
    deps=[dg.AssetKey(["published", name]) for name in COPIES],
    pool="duckdb_writer",
    description="Signed manifests of erasures, once nothing is found of a client in "
    "any table, copy or report; then the agreement's retention clocks are read, and "
    "runs that are too old are forgotten.",
)
def erasures(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> dg.MaterializeResult:
    """Prove what was carried out, then order what the clocks end; the next run does."""
    now = warehouse.now()
    agreement = projects_agreement(now.date())
    manifests = proving.prove(
        warehouse.places,
        run_id=context.run_id,
        agreement_sha256=agreement.sha256,
        now=now,
    )
    with warehouse.connect(read_only=True) as connection:
        order = retention.open_order(connection, warehouse.places, agreement, now)
    ended = len(order.client_records) if order else 0
    if ended:
        context.log.info(f"the time of {ended} client records is up")
    forgotten = forget_runs(context.instance, agreement.retention["audit"].days)
    return dg.MaterializeResult(
        metadata={
            "erasures_proven": len(manifests),
            "client_records_ended": ended,
            "runs_forgotten": forgotten,
        }
    )


@dg.definitions
def proof() -> dg.Definitions:
    """Register the asset."""
    return dg.Definitions(assets=[erasures])
