"""The databases that a warehouse was published to, asked whether a client is left.

Belongs here: which are asked, and what counts as a trace. Does not belong here: the
warehouse and the files beside it (``search``), what a database answers
(``shared_warehouse.absence``).

A database that cannot be asked counts as a trace: nobody knows what it holds.
"""

import os
from collections.abc import Mapping
from pathlib import Path

from dagster_project.erasure.search import Trace
from dagster_project.shared_warehouse.asking import database_of, left_of
from dagster_project.shared_warehouse.connections import CONNECTION
from dagster_project.shared_warehouse.published_to import copies

PRIVATE = "it was filled by 'throughline serve'; stop that and delete the folder"
UNASKED = (
    "it was published to, and nobody asked it; set THROUGHLINE_POSTGRES to it and run "
    "again, which publishes anew, or delete its line if the database is gone"
)


def left(
    record: Path, ids: list[str], environment: Mapping[str, str] | None = None
) -> tuple[int, list[Trace]]:
    """Return how many databases were asked, and where a client is left.

    Args:
        record: The file of databases that were published to.
        ids: Client record ids and person ids.
        environment: ``os.environ`` if unset.

    Raises:
        ConnectionRefused: The connection string cannot be used.
        PublishError: The database does not answer.
    """
    known = copies(record)
    if not known:
        return 0, []
    environment = os.environ if environment is None else environment
    connection = environment.get(CONNECTION, "")
    reached = database_of(connection) if connection else ""
    asked, traces = 0, []
    for copy in known:
        where = f"{record.name}: {copy.place}"
        if copy.database == reached:
            asked += 1
            for table in left_of(connection, ids):
                traces.append(Trace(f"{copy.place}: {table}", "an id"))
        elif copy.folder:
            traces.append(Trace(copy.folder, PRIVATE))
        else:
            traces.append(Trace(where, UNASKED))
    return asked, traces
