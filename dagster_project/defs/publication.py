"""The last stage: the published copy of the marts and the report pages.

Belongs here: assets that run only when every blocking check has held. Does not
belong here: what is copied or drawn (``publication``).
"""

import dagster as dg

from dagster_project.defs.case_conference import FLOW_BOOK
from dagster_project.defs.disclosure import PUBLIC
from dagster_project.defs.effects import EFFECTS
from dagster_project.defs.linkage import CLIENT_RECORDS
from dagster_project.defs.resources import Warehouse
from dagster_project.defs.transform import mart_models
from dagster_project.governance.in_force import projects_agreement
from dagster_project.linkage.store import TABLES
from dagster_project.publication.marts_copy import publish_marts, row_key

MARTS = sorted(
    [*(spec.key for spec in mart_models.specs), *EFFECTS, *FLOW_BOOK, *PUBLIC],
    key=lambda key: key.path,
)


@dg.asset(
    key=["published", "marts"],
    group_name="published",
    deps=MARTS,
    pool="duckdb_writer",
    kinds={"duckdb"},
    retry_policy=dg.RetryPolicy(max_retries=2, delay=1),
    description="The read-only copy of the marts that analysts and BI tools open.",
)
def published_marts(warehouse: Warehouse) -> dg.MaterializeResult:
    """Put the copy in place by one rename; readers see all of the old or the new.

    Marts that name whom a case conference talks of stay behind: who reads the copy does
    so for analysis.
    """
    target = warehouse.places.published_marts
    agreement = projects_agreement(warehouse.now().date())
    with warehouse.connect() as connection:
        rows = publish_marts(
            connection,
            target,
            row_key(warehouse.person_key()),
            apart=agreement.shared.get("identified", {}).keys(),
        )
    table = "\n".join(f"| {name} | {count:,} |" for name, count in rows.items())
    return dg.MaterializeResult(
        metadata={
            "path": dg.MetadataValue.path(str(target)),
            "tables": dg.MetadataValue.md(f"| mart | rows |\n|---|---|\n{table}"),
            "dagster/row_count": sum(rows.values()),
        }
    )


@dg.asset(
    key=["published", "report"],
    group_name="published",
    deps=[*MARTS, dg.AssetKey(["published", "marts"])],
    kinds={"html"},
    retry_policy=dg.RetryPolicy(max_retries=2, delay=1),
    description="The report page: the answers in pictures, each with its definition; "
    "one file that needs no network, small counts left out.",
)
def report_page(
    context: dg.AssetExecutionContext, warehouse: Warehouse
) -> dg.MaterializeResult:
    """Write the page of this run."""
    from dagster_project.publication.page.build import build_page
    from dagster_project.publication.page.placed import write_page

    with warehouse.connect(read_only=True) as connection:
        page = build_page(
            connection, run_id=context.run_id[:8], made_at=warehouse.now()
        )
    target = warehouse.places.report
    write_page(page, target)
    return dg.MaterializeResult(
        metadata={
            "url": dg.MetadataValue.url(target.as_uri()),
            "path": dg.MetadataValue.path(str(target)),
            "bytes": len(page.encode()),
        }
    )


@dg.asset(
    key=["published", "linkage_report"],
    group_name="published",
    deps=[CLIENT_RECORDS, *(dg.AssetKey(["linkage", table]) for table in TABLES)],
    kinds={"html"},
    retry_policy=dg.RetryPolicy(max_retries=2, delay=1),
    description="The linkage report: how many people, how sure, how often wrong, for "
    "whom. Counts and shares only; groups of fewer than 11 people are pooled.",
)
def linkage_report_page(warehouse: Warehouse) -> dg.MaterializeResult:
    """Write the page; it reads identifiers to measure them and shows none."""
    from dagster_project.linkage.report.page import (
        write_report as write_linkage_report,
    )
    from dagster_project.linkage.report.stored import stored_result

    with warehouse.connect(read_only=True) as connection:
        result = stored_result(connection)
        records = connection.execute(
            "select * from intermediate.int_client_records order by client_record_id"
        ).to_arrow_table()
    target = warehouse.places.linkage_report
    size = write_linkage_report(target, result, records, made_at=warehouse.now())
    return dg.MaterializeResult(
        metadata={"path": dg.MetadataValue.path(str(target)), "bytes": size}
    )
