"""When the warehouse is rebuilt: the one job, its daily schedule, the landing sensor.

Belongs here: triggers. Does not belong here: what a run does.
"""

import hashlib
import os
from pathlib import Path

import dagster as dg

from dagster_project.defs.resources import Warehouse

everything = dg.define_asset_job(
    "everything",
    selection=dg.AssetSelection.all(),
    description="Deliveries to answers: ingest, stage, link, build the marts, publish.",
)
"""One job, because the graph is one unit over a file with one writer: linkage is
global, and a mart built from half of today's deliveries answers nothing."""

daily = dg.ScheduleDefinition(
    name="every_morning",
    job=everything,
    cron_schedule="0 5 * * *",
    execution_timezone="America/Los_Angeles",
    description="At five in the morning, before the street teams' first briefing.",
)


def landing_state(landing: Path) -> str:
    """Return a digest of what lies in the landing folder: names, sizes and times.

    It is cheap and tells only *that* something changed; what a delivery is, its hash
    decides (``departments.landing``).
    """
    found = []
    for folder, folders, names in os.walk(landing, followlinks=False):
        folders.sort()
        for name in sorted(names):
            if name.startswith(".") or name.endswith((".tmp", ".part")):
                continue
            path = Path(folder, name)
            status = path.lstat()
            relative = path.relative_to(landing)
            found.append(f"{relative}\0{status.st_size}\0{status.st_mtime_ns}")
    return hashlib.sha256("\n".join(found).encode()).hexdigest() if found else ""


@dg.sensor(
    name="landing_folder",
    job=everything,
    minimum_interval_seconds=60,
    description="Starts a run once a change in the landing folder has settled.",
)
def landing_folder(
    context: dg.SensorEvaluationContext, warehouse: Warehouse
) -> dg.SensorResult | dg.SkipReason:
    """Ask for a run when the folder looks the same twice, and unlike the last run.

    The cursor is ``<state seen last>:<state run last>``.
    """
    seen, _, ran = (context.cursor or ":").partition(":")
    state = landing_state(warehouse.places.landing)
    if state in ("", ran):
        return dg.SkipReason("Nothing new in the landing folder.")
    if state != seen:
        context.update_cursor(f"{state}:{ran}")
        return dg.SkipReason("Something is arriving; looking again in a minute.")
    return dg.SensorResult(
        run_requests=[dg.RunRequest(run_key=state)], cursor=f"{state}:{state}"
    )


@dg.definitions
def automation() -> dg.Definitions:
    """Register the job and what starts it."""
    return dg.Definitions(
        jobs=[everything], schedules=[daily], sensors=[landing_folder]
    )
