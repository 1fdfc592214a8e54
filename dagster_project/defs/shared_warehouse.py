"""The release to a shared PostgreSQL, as the last step of a run.

Belongs here: the asset, which there is only where a connection is configured. Does not
belong here: what is published to whom (``shared_warehouse``).
"""

import os

import dagster as dg

from dagster_project.defs.publication import MARTS
from dagster_project.defs.resources import Warehouse
from dagster_project.shared_warehouse.connections import CONNECTION


@dg.definitions
def shared_warehouse() -> dg.Definitions:
    """Register the asset if ``THROUGHLINE_POSTGRES`` says where to publish."""
    if not os.environ.get(CONNECTION):
        return dg.Definitions()

    @dg.asset(
        key=["published", "shared_warehouse"],
        group_name="published",
        deps=[*MARTS, dg.AssetKey(["published", "marts"])],
        pool="duckdb_writer",
        kinds={"postgres"},
        retry_policy=dg.RetryPolicy(max_retries=2, delay=10),
        description="The release in the shared PostgreSQL: marts and client records, "
        "each role seeing what the sharing agreement gives it.",
    )
    def release(warehouse: Warehouse) -> dg.MaterializeResult:
        """Publish; readers see all of the old release or all of the new."""
        from dagster_project.governance.in_force import in_force
        from dagster_project.places import agreement_file
        from dagster_project.shared_warehouse.connections import checked
        from dagster_project.shared_warehouse.from_agreement import job_of
        from dagster_project.shared_warehouse.keys import pseudonym_key
        from dagster_project.shared_warehouse.published_to import Copy, note
        from dagster_project.shared_warehouse.release import Published, publish

        connection = checked(os.environ[CONNECTION])
        agreement = in_force(agreement_file(), warehouse.now().date())
        job = job_of(agreement, pseudonym_key(warehouse.places.pseudonym_key))

        def written_down(done: Published) -> None:
            copy = Copy(done.database, done.release, done.place)
            note(warehouse.places.shared_databases, copy)

        with warehouse.connect(read_only=True) as opened:
            done = publish(opened, connection, job, note=written_down)
        rows = "\n".join(f"| {name} | {n:,} |" for name, n in done.rows.items())
        return dg.MaterializeResult(
            metadata={
                "release": done.release,
                "agreement": job.terms.agreement,
                "tables": dg.MetadataValue.md(f"| table | rows |\n|---|---|\n{rows}"),
                "changes": list(done.told),
                "dagster/row_count": sum(done.rows.values()),
            }
        )

    return dg.Definitions(assets=[release])
