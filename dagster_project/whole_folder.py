"""Write a folder of results whole or not at all.

Belongs here: the temporary folder beside it, the move, clearing what a killed run left.
Does not belong here: what is written.
"""

import fcntl
import os
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PART = ".part-"
"""Between the folder's name and the writer's process id."""


class FolderRefused(ValueError):
    """Results cannot be written there; the message says why."""


def check_folder(out: Path, option: str = "--out") -> None:
    """Refuse a place where no folder can be written, before any work is done.

    Args:
        out: the place.
        option: by which it was named.

    Raises:
        FolderRefused: it is a file, or may not be written to.
    """
    if out.exists() and not out.is_dir():
        raise FolderRefused(f"{option} {out} is a file; name a folder")
    above = out
    while not above.exists():
        above = above.parent
    if not above.is_dir():
        raise FolderRefused(f"{option} {out} lies below {above}, which is a file")
    if not os.access(above, os.W_OK | os.X_OK):
        raise FolderRefused(f"{option} {out} may not be written: no right to {above}")


@contextmanager
def whole_folder(out: Path) -> Iterator[Path]:
    """Yield an empty folder whose files take their place in ``out`` at the end.

    On any error, Ctrl-C included, ``out`` is as it was. What a killed process left is
    cleared by the next one; the lock tells it from a folder still being written. Files
    of other names in ``out`` are left alone; then each file is replaced whole, and no
    signal interrupts between two of them.
    """
    out = out.resolve()
    out.parent.mkdir(parents=True, exist_ok=True)
    part = out.with_name(f".{out.name}{PART}{os.getpid()}")
    with _held(out.parent):
        _clear_leftovers(out)
        part.mkdir()
        lock = os.open(part, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        yield part
        with _uninterrupted():
            _move(part, out)
    finally:
        shutil.rmtree(part, ignore_errors=True)
        os.close(lock)


def _move(part: Path, out: Path) -> None:
    for file in part.iterdir():
        with file.open("rb") as written:
            os.fsync(written.fileno())
    if not out.exists() or not any(out.iterdir()):
        part.rename(out)
        return
    for file in sorted(part.iterdir()):
        file.replace(out / file.name)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    """Hold a folder: between its making and its lock a new part looks left behind."""
    held = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield
    finally:
        os.close(held)


def _clear_leftovers(out: Path) -> None:
    for left in out.parent.glob(f".{out.name}{PART}*"):
        try:
            lock = os.open(left, os.O_RDONLY)
        except FileNotFoundError:  # whoever wrote it has ended meanwhile
            continue
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(left, ignore_errors=True)
        except BlockingIOError:
            pass
        finally:
            os.close(lock)


@contextmanager
def _uninterrupted() -> Iterator[None]:
    asked = {signal.SIGINT, signal.SIGTERM, signal.SIGHUP}
    before = signal.pthread_sigmask(signal.SIG_BLOCK, asked)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Turn a polite kill into the exception of Ctrl-C, so that cleaning up happens."""

    def stop(number: int, frame: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, stop)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
