"""The report page of a finished warehouse: seconds, memory and size.

Measured in a process of its own, as a run pays for it: imports, the first start of the
drawing engine and all pictures included.
"""

import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from dagster_project.places import REPOSITORY

SECONDS, MEGABYTES = 15, 3
"""What the page of the default city may cost."""

BUILD = """
import resource, sys, time
began, cpu = time.perf_counter(), time.process_time()
from datetime import datetime
from pathlib import Path
from dagster_project.publication.page.build import build_page
from dagster_project.warehouse import open_warehouse
with open_warehouse(Path(sys.argv[1]), read_only=True) as connection:
    page = build_page(connection, run_id="benchmark", made_at=datetime(2026, 7, 2))
print(
    time.perf_counter() - began,
    time.process_time() - cpu,
    resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    len(page.encode()) / 1e6,
    page.count("<svg"),
)
"""


@dataclass(frozen=True)
class Measured:
    """One page: wall seconds, CPU seconds, peak MiB, megabytes, pictures."""

    seconds: float
    cpu: float
    peak: float
    megabytes: float
    pictures: int

    def line(self) -> str:
        """Return the figures as a line, with what they may be."""
        kept = self.seconds <= SECONDS and self.megabytes <= MEGABYTES
        return (
            f"{self.seconds:>8.1f} {self.cpu:>8.1f} {self.peak:>9,.0f} "
            f"{self.megabytes:>6.2f} {self.pictures:>9}   "
            f"{'within' if kept else 'above'} {SECONDS} s and {MEGABYTES} MB"
        )


HEAD = f"{'seconds':>8} {'CPU s':>8} {'peak MiB':>9} {'MB':>6} {'pictures':>9}"


def measure(warehouse: Path) -> Measured:
    """Build the page of a warehouse in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-c", BUILD, str(warehouse)],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
        env={"PYTHONPATH": str(REPOSITORY)},
    )
    *figures, pictures = done.stdout.split()
    return Measured(*map(float, figures), int(pictures))
