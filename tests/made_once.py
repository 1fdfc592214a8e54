"""What takes a minute to make and is only read: made by whichever worker comes first.

Belongs here: making it once, and waiting for who makes it. Does not belong here: what
is made. Who gets it may not write to it.
"""

import fcntl
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


def made_once(
    factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]
) -> Path:
    """Return a folder that one of the workers filled.

    Args:
        factory: The caller's own; workers of one call of pytest share its parent.
        name: Of the folder.
        make: Fills the folder; where it fails, the next who asks begins anew.
    """
    root = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent
    made = root / name / "made"
    with alone(made.parent):
        if not (made.parent / "finished").exists():
            shutil.rmtree(made, ignore_errors=True)
            made.mkdir()
            make(made)
            (made.parent / "finished").touch()
    return made


@contextmanager
def alone(folder: Path) -> Iterator[None]:
    """Hold a folder while it is filled."""
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
