"""Small file systems, and how they become full."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest


@contextmanager
def small_disk(at: Path, megabytes: int) -> Iterator[Path]:
    """Mount a file system of so many megabytes, or skip where nobody may."""
    with perhaps_small_disk(at, megabytes) as refused:
        if refused:
            pytest.skip(f"no right to mount a small file system: {refused}")
        yield at


@contextmanager
def perhaps_small_disk(at: Path, megabytes: int) -> Iterator[str]:
    """Mount one where that is allowed; yield why not where it is not."""
    at.mkdir(exist_ok=True)
    kind = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "none", str(at)]
    mounted = subprocess.run(kind, check=False, capture_output=True, text=True)
    if mounted.returncode:
        yield mounted.stderr.strip() or "not allowed"
        return
    try:
        yield ""
    finally:
        subprocess.run(["umount", "-l", str(at)], check=True)


def grow(at: Path, megabytes: int) -> None:
    subprocess.run(["mount", "-o", f"remount,size={megabytes}m", str(at)], check=True)


def fill(disk: Path) -> Path:
    """Fill a file system to its last block."""
    filler = disk / "filler"
    left = os.statvfs(disk)
    with filler.open("wb") as stream:
        os.posix_fallocate(stream.fileno(), 0, left.f_bavail * left.f_frsize)
    return filler
