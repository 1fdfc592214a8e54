"""The file that keeps the decisions of stewards, beside the warehouse.

Belongs here: reading it, and adding a line so that it is there for good. Does not
belong here: what a line means (``decision_entries``).
"""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from dagster_project.durable import flush
from dagster_project.linkage.decision_entries import UnreadableDecisions, read_lines
from dagster_project.linkage.decisions import Decision
from dagster_project.locked_file import held

Add = Callable[[str], None]
"""Adds one line; when it returns, the line is on the disk."""


def read_decisions(path: Path) -> list[Decision]:
    """Return the decisions in the file, none when there is no file.

    Raises:
        UnreadableDecisions: a line is no entry; the message names file and line.
    """
    return _read(path, _whole(path.read_bytes())) if path.exists() else []


@contextmanager
def adding_to(path: Path) -> Iterator[tuple[list[Decision], Add]]:
    """Yield the decisions and the means to add a line, while nobody else may.

    Raises:
        UnreadableDecisions: a line is no entry; the message names file and line.
    """
    descriptor = held(path)
    try:
        whole = _whole(path.read_bytes())

        def add(line: str) -> None:
            end = len(whole)
            gap = b"\n" if whole and not whole.endswith(b"\n") else b""
            os.ftruncate(descriptor, end)
            os.pwrite(descriptor, gap + line.encode() + b"\n", end)
            os.fsync(descriptor)
            flush(path.parent)

        yield _read(path, whole), add
    finally:
        os.close(descriptor)


def _read(path: Path, whole: bytes) -> list[Decision]:
    try:
        return read_lines(whole.decode().split("\n"))
    except ValueError as error:
        raise UnreadableDecisions(f"{path.name}: {error}") from error


def _whole(data: bytes) -> bytes:
    """Return the lines without a last one that a crash cut short.

    Such a line was never confirmed to whoever was deciding. A last line that is whole
    and only lacks its end was written by hand, and counts.
    """
    head, end, tail = data.rpartition(b"\n")
    try:
        json.loads(tail or b"{}")
    except ValueError:
        return head + end
    return data
