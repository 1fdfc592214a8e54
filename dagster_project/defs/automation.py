"""When the warehouse is rebuilt: the one job, its daily schedule, the landing sensor.

Belongs here: triggers. Does not belong here: what a run does.
"""

import dagster as dg

everything = dg.define_asset_job(
    "everything",
    selection=dg.AssetSelection.all(),
    description="Deliveries to answers: ingest, stage, link, build the marts, publish.",
    tags={"dagster/concurrency_key": "duckdb_writer"},
)
"""One job, because the graph is one unit over a file with one writer: linkage is
global, and a mart built from half of today's deliveries answers nothing."""

daily = dg.ScheduleDefinition(
    job=everything,
    cron_schedule="0 5 * * *",
    execution_timezone="America/Los_Angeles",
    description="Each morning at five, before the street teams' first briefing.",
)
