"""A run that stops before the marts, in a process of its own.

Belongs here: which assets come before dbt's second step, and running only them. Does
not belong here: measuring (``marts_speed``). Called as
``python -m benchmarks.up_to_linkage`` with LANDING_DIR and WAREHOUSE_PATH set.
"""

import dagster as dg

from dagster_project.places import places
from dagster_project.runs import QUIET, prepare_dagster_home

AFTER_LINKAGE = dg.AssetSelection.groups("linked", "marts")
"""The models whose cost is measured apart (``defs.transform.AFTER_LINKAGE``)."""


def main() -> None:
    """Run everything the marts are built from, and not the marts.

    Raises:
        RuntimeError: A step or a blocking check failed.
    """
    prepare_dagster_home(places())
    from dagster_project.definitions import defs

    known = defs()
    before = AFTER_LINKAGE.upstream() - AFTER_LINKAGE
    with dg.DagsterInstance.get() as instance:
        done = known.resolve_job_def("everything").execute_in_process(
            instance=instance,
            asset_selection=sorted(before.resolve(known.resolve_asset_graph())),
            run_config=QUIET,
            raise_on_error=False,
        )
    if not done.success:
        raise RuntimeError("the steps before the marts failed; see the run history")


if __name__ == "__main__":
    main()
