"""Tell whether a delivery is still being written.

Belongs here: names, open writers, and times that say so. Does not belong here: what a
delivery holds.

Three witnesses: a name that says it (``.part``), a process that has the file open for
writing (the kernel gives a read lease only when nobody has), and a time so fresh that
the next block may still come, which is waited for once.
"""

import fcntl
import os
import signal
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

from dagster_project.departments.archives import REGULAR, is_arriving_name

SETTLE_SECONDS = 1.0
"""A file touched within so long may be in the middle of being appended to."""


def has_writer(path: Path) -> bool:
    """Say whether some process has a plain file open for writing, where we can tell."""
    try:
        descriptor = os.open(path, REGULAR)
    except OSError:
        return False
    try:
        # Whoever opens the file while we hold the lease sends us this signal; the
        # usual one would end the process, this one does nothing.
        fcntl.fcntl(descriptor, fcntl.F_SETSIG, signal.SIGURG)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False  # another's file, or a file system without leases
    finally:
        os.close(descriptor)
    return False


def _files(path: Path) -> list[Path]:
    if not path.is_dir() or path.is_symlink():
        return [path]
    try:
        return [path / name for name in os.listdir(path)]
    except OSError:
        return [path]


def _seen(path: Path) -> tuple[tuple[str, int, int], ...]:
    """Return name, size and time of a delivery's files, nothing for what is gone."""
    found = []
    for file in _files(path):
        try:
            status = file.lstat()
        except OSError:
            continue
        found.append((file.name, status.st_size, status.st_mtime_ns))
    return tuple(sorted(found))


def _is_fresh(seen: tuple, now: float) -> bool:
    return any(0 <= now - at / 1e9 < SETTLE_SECONDS for _, _, at in seen)


def settled(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the deliveries that nobody seems to be writing, in their order.

    What was written within the last second is looked at again a second later.
    """
    paths, now = list(paths), time.time()
    before = {path: _seen(path) for path in paths}
    fresh = {path for path, seen in before.items() if _is_fresh(seen, now)}
    if fresh:
        time.sleep(SETTLE_SECONDS)
    for path in paths:
        named = any(is_arriving_name(name) for name, _, _ in before[path])
        grew = path in fresh and _seen(path) != before[path]
        if not (named or grew or any(map(has_writer, _files(path)))):
            yield path
