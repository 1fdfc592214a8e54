"""Everything that the command imports, so that a process forked from here has it.

Belongs here: imports. Does not belong here: anything that opens a file, starts a thread
or asks where the warehouse is, for every fork would share it.
"""

import gc
import importlib
import logging
import os
import pkgutil

import dagster_project

# Read at the import; a run sets it first, too.
os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
for module in (
    "altair",
    "dbt.adapters.duckdb",
    "dbt.cli.main",
    "great_expectations",
    "lifelines",
    "vl_convert",
):
    importlib.import_module(module)
for found in pkgutil.walk_packages(dagster_project.__path__, "dagster_project."):
    importlib.import_module(found.name)
# One of them gives the root logger a handler, and the notes of others would be printed.
logging.getLogger().handlers.clear()
# Nothing of this is ever let go: no collection of a fork need look at it.
gc.collect()
gc.freeze()
