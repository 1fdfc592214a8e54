"""A file that several processes add to: held by one at a time.

Belongs here: the lock. Does not belong here: what is written.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def held(path: Path, flags: int = os.O_RDWR) -> int:
    """Return a descriptor of a file, made when missing, that nobody else holds.

    Whoever held it before may have put another file in its place, as expunging does:
    then what was waited for is no longer the file, and the new one is held instead.
    """
    while True:
        descriptor = os.open(path, flags | os.O_CREAT, 0o600)
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        if os.fstat(descriptor).st_ino == path.stat().st_ino:
            return descriptor
        os.close(descriptor)


@contextmanager
def holding(path: Path) -> Iterator[None]:
    """Let nobody else read a file and put it in place anew; it need not be there.

    The lock is a file beside it, which stays: one that is missing may have to stay so.
    """
    descriptor = held(path.with_name(f".{path.name}.lock"))
    try:
        yield
    finally:
        os.close(descriptor)
