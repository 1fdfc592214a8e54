"""Bytes that last through a power cut.

Belongs here: making the disk keep a file, or a name in a folder. Does not belong here:
who may write (``locked_file``), what is written.
"""

import os
from pathlib import Path


def flush(path: Path) -> None:
    """Return once the disk holds a file's bytes, or the names in a folder."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
