"""Cut an NDJSON file into pieces of whole lines.

Belongs here: bytes to lines, what tells that a file is no NDJSON. Does not belong here:
what a line holds (``fhir_lines``).

Where a piece ends depends on the bytes alone, so that the same file makes the same rows
whoever reads them.
"""

import codecs
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

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
        text: Its bytes, without the end of the last line: one object goes to another
            process faster than thousands of lines.
        is_ended: The last line ends, or cannot have been cut off.
    """

    first: int
    text: bytes
    is_ended: bool = True

    @property
    def lines(self) -> list[bytes]:
        """Return the bytes line by line."""
        return self.text.split(b"\n")


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
        end = data.rfind(b"\n")
        if end < 0:
            rest += data
        else:
            # One view of what was read is one copy less of every byte.
            text = b"".join((rest, memoryview(data)[:end]))
            rest = data[end + 1 :]
            first_end = text.find(b"\n")
            _limit(len(text) if first_end < 0 else first_end, number, name)
            if number == 1:
                text = _first(text, name)
            lines = counted(text, b"\n") + 1
            yield from _of(number, text, lines)
            number += lines
        _limit(len(rest), number, name)
    if rest:
        yield Piece(number, rest if number > 1 else _first(rest, name), is_whole)


def _of(number: int, text: bytes, lines: int) -> Iterator[Piece]:
    """Yield whole lines as one piece, or as several when they are short ones."""
    if lines <= LINES:
        yield Piece(number, text)
        return
    found = text.split(b"\n")
    for at in range(0, lines, LINES):
        yield Piece(number + at, b"\n".join(found[at : at + LINES]))


def counted(text: bytes, byte: bytes) -> int:
    """Return how often one byte stands in a text: many times quicker than ``count``.

    >>> counted(b'{"id": "a"}', b'"')
    4
    """
    return int(np.count_nonzero(np.frombuffer(text, np.uint8) == byte[0]))


def size(stream: BinaryIO) -> int:
    """Return the bytes in a plain file, 0 for one that is unpacked on the way."""
    try:
        return os.fstat(stream.fileno()).st_size
    except OSError:
        return 0


def lines(stream: BinaryIO, name: str) -> int:
    """Return how many lines of a file are not blank."""
    return sum(
        bool(line) and not line.isspace()
        for piece in pieces(stream, name)
        for line in piece.lines
    )


def _limit(length: int, number: int, name: str) -> None:
    """Refuse a line that is too long; only the first of what was read can be."""
    if length > LINE_LIMIT:
        reason = "a line is longer than 16 MB"
        raise Refused("line_limit", reason, member=name, line=number)


def _first(text: bytes, name: str) -> bytes:
    """Return the beginning of a file without byte order mark."""
    if text.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        raise Refused("encoding", "this is UTF-16; send UTF-8", member=name)
    text = text.removeprefix(codecs.BOM_UTF8)
    if text.lstrip()[:1] == b"<":
        reason = "it is XML or a web page, perhaps a server's error; fetch it again"
        raise Refused("not_ndjson", reason, member=name, line=1)
    if text.partition(b"\n")[0].lstrip().startswith(b"["):
        reason = "it is a JSON array; send NDJSON, one resource a line"
        raise Refused("not_ndjson", reason, member=name, line=1)
    return text
