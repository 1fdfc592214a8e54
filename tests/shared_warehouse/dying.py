"""A release made in a process of its own, which is killed on the way.

Belongs here: the work, and the moment at which it kills itself. Does not belong here:
what readers must see of it.
"""

import os
import signal
from pathlib import Path

from dagster_project.shared_warehouse.release import Job, publish
from dagster_project.warehouse import open_warehouse


def release(warehouse: Path, connection: str, job: Job, last: str) -> None:
    """Publish a warehouse, and die at a point of the release."""

    def at(point: str) -> None:
        if point == last:
            os.kill(os.getpid(), signal.SIGKILL)

    with open_warehouse(warehouse, read_only=True) as opened:
        publish(opened, connection, job, at=at)
