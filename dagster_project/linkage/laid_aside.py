"""Arrays and tables in files of their own, read without copying.

Belongs here: writing one, reading it where it lies, and putting it there as soon as it
is made. Does not belong here: what a full run consists of (``base_files``).
"""

import errno
import os
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray


def write_table(path: Path, table: pa.Table) -> None:
    """Write a table as it lies in memory, in one piece."""
    table = table.combine_chunks()
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, table.schema) as out:
        out.write_table(table)


def read_table(path: Path) -> pa.Table:
    """Return a table whose values stay on the disk until they are needed."""
    return pa.ipc.open_file(pa.memory_map(str(path))).read_all()


def write_array(path: Path, array: NDArray) -> None:
    """Write an array as it lies in memory.

    Raises:
        OSError: numpy tells of a full disk without its number; it is told with it.
    """
    try:
        with path.open("wb") as file:
            np.save(file, array)
    except OSError as error:
        number = error.errno or errno.ENOSPC
        raise OSError(number, os.strerror(number), str(path)) from error


def read_array(path: Path) -> NDArray:
    """Return an array whose values stay on the disk until they are needed."""
    return np.load(path, mmap_mode="r")


class LaidAside:
    """The files of one folder; what lies there takes no memory while the rest is made.

    Without a folder all stays in memory.
    """

    def __init__(self, folder: Path | None) -> None:
        self._folder, self.names = folder, set()

    def array(self, name: str, array: NDArray) -> NDArray:
        """Return an array as it now lies in ``name``.npy."""
        if not self._folder:
            return array
        path = self._file(name, "npy")
        write_array(path, array)
        return read_array(path)

    def table(self, name: str, table: pa.Table) -> pa.Table:
        """Return a table as it now lies in ``name``.arrow."""
        if not self._folder:
            return table
        path = self._file(name, "arrow")
        write_table(path, table)
        return read_table(path)

    def _file(self, name: str, kind: str) -> Path:
        self._folder.mkdir(parents=True, exist_ok=True)
        self.names.add(name)
        return self._folder / f"{name}.{kind}"
