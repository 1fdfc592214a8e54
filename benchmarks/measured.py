"""What a command costs: seconds of the wall and of the CPU, memory at the peak.

Belongs here: running a child to its end and reading its resource usage. Does not belong
here: what is run.
"""

import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

from dagster_project.places import REPOSITORY

KIB_PER_MIB = 1024


@dataclass(frozen=True)
class Cost:
    """Seconds and MiB of one child process."""

    wall: float
    cpu: float
    mebibytes: float


def measured(module: str, *arguments: object) -> Cost:
    """Run ``python -m module arguments`` and return what it cost.

    Raises:
        RuntimeError: the command failed; its last words are in the message.
    """
    with tempfile.TemporaryFile() as said:
        began = time.perf_counter()
        child = subprocess.Popen(
            [sys.executable, "-m", module, *map(str, arguments)],
            cwd=REPOSITORY,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        _, status, used = os.wait4(child.pid, 0)
        wall = time.perf_counter() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            said.seek(0)
            words = said.read().decode(errors="replace")[-2000:]
            raise RuntimeError(f"{module} {arguments} failed:\n{words}")
    return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / KIB_PER_MIB)
