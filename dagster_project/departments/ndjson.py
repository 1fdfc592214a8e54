"""Cut an NDJSON file into pieces of whole lines.

Belongs here: bytes to lines, what tells that a file is no NDJSON. Does not belong here:
what a line holds (``fhir_lines``).

Where a piece ends depends on the bytes alone, so that the same file makes the same rows
whoever reads them.
"""

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from dagster_project.departments.errors import Refused

LINE_LIMIT = 16 << 20
"""Bytes in one resource, which may hold a document; more is a missing line end."""
READ = 2 << 20
"""Bytes per read."""
LINES = 5_000
"""Lines of one piece at most, should they be short ones."""


@dataclass(frozen=True)
class Piece:
    """Some lines of a file.

    Attributes:
        first: Number of the first line, counted from 1.
        lines: Its bytes, line by line.
        is_ended: The last line ends, or cannot have been cut off.
    """

    first: int
    lines: list[bytes]
    is_ended: bool = True


def pieces(stream: BinaryIO, name: str, *, is_whole: bool = False) -> Iterator[Piece]:
    """Cut a file into pieces of whole lines, the same whoever reads them.

    Args:
        stream: Its bytes.
        name: Its name.
        is_whole: It was proven that its last line was not cut off.

    Raises:
        Refused: It is no NDJSON, or a line is too long.
    """
    number, rest = 1, b""
    while data := stream.read(READ):
        lines = (rest + data).split(b"\n")
        rest = lines.pop()
        if lines and number == 1:
            lines[0] = _first(lines[0], name)
        for at in range(0, len(lines), LINES):
            some = lines[at : at + LINES]
            _limit(some, number, name)
            yield Piece(number, some)
            number += len(some)
        _limit([rest], number, name)
    if rest:
        yield Piece(number, [rest if number > 1 else _first(rest, name)], is_whole)


def lines(stream: BinaryIO, name: str) -> int:
    """Return how many lines of a file are not blank."""
    return sum(
        bool(line) and not line.isspace()
        for piece in pieces(stream, name)
        for line in piece.lines
    )


def _limit(lines: list[bytes], number: int, name: str) -> None:
    if max(map(len, lines)) > LINE_LIMIT:
        at = next(at for at, line in enumerate(lines) if len(line) > LINE_LIMIT)
        reason = "a line is longer than 16 MB"
        raise Refused("line_limit", reason, member=name, line=number + at)


def _first(line: bytes, name: str) -> bytes:
    """Return the first line without byte order mark."""
    if line.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Refused("encoding", "this is UTF-16; send UTF-8", member=name)
    line = line.removeprefix(codecs.BOM_UTF8)
    if line.lstrip().startswith(b"["):
        reason = "it is a JSON array; send NDJSON, one resource a line"
        raise Refused("not_ndjson", reason, member=name, line=1)
    return line
