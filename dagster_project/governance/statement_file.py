"""The file of what was said about consent, beside the warehouse and only ever longer.

Belongs here: reading it, and adding lines so that they are there for good. Does not
belong here: what a line means (``statements``).

A warehouse can be rebuilt from the deliveries that are still there; one that told of a
revocation may be gone by then. The file is what keeps the revocation.
"""

import os
from collections.abc import Iterable
from pathlib import Path

from dagster_project.governance.statements import Statement, parsed
from dagster_project.locked_file import held


class UnreadableStatementsError(Exception):
    """A line is no statement; nobody may go on as if it had not been said."""


def read_statements(path: Path) -> list[Statement]:
    """Return the statements in the file, none when there is no file.

    Raises:
        UnreadableStatementsError: A line is none; the message names file and line.
    """
    return _read(path, path.read_bytes()) if path.exists() else []


def add_statements(path: Path, statements: Iterable[Statement]) -> int:
    """Add statements that do not stand there yet, and return how many.

    When it returns, they are on the disk.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = held(path, os.O_RDWR | os.O_APPEND)
    try:
        whole = path.read_bytes()
        ended = {s.consent_id for s in _read(path, whole) if s.consent_id}
        fresh = [s for s in statements if not s.consent_id or s.consent_id not in ended]
        if fresh:
            gap = "\n" if whole and not whole.endswith(b"\n") else ""
            text = gap + "".join(f"{statement.line()}\n" for statement in fresh)
            os.write(descriptor, text.encode())
            os.fsync(descriptor)
    finally:
        os.close(descriptor)
    return len(fresh)


def _read(path: Path, data: bytes) -> list[Statement]:
    found = []
    for number, line in enumerate(data.decode("utf-8", "replace").split("\n"), start=1):
        if line.strip():
            try:
                found.append(parsed(line))
            except ValueError as fault:
                raise UnreadableStatementsError(
                    f"{path.name}, line {number}: {fault}; mend the line, do not "
                    "delete it"
                ) from None
    return found
