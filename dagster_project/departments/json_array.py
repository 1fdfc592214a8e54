"""Read the elements of one large JSON array, a piece of the file at a time.

Belongs here: bytes to values with their lines. Does not belong here: what an element
means (``soda``), what stands around the array (``portal_rows``).
"""

import codecs
import json
import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from dagster_project.departments import appearance
from dagster_project.departments.errors import Refused
from dagster_project.departments.strict_json import as_written, not_a_number

READ = 1 << 20
"""Bytes per read."""
ROW_LIMIT = 4 << 20
"""Characters in one row; a longer one is an array that never closes."""
BETWEEN = re.compile(r"[\s,]*")

Element = tuple[int, str, Any]
"""Line, text and value of one element."""


def decoded(stream: BinaryIO) -> Iterator[str]:
    """Yield a file's text piece by piece, refusing what is not UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8-sig")("strict")
    while data := stream.read(READ):
        try:
            yield decoder.decode(data)
        except UnicodeDecodeError as fault:
            reason = (
                f"byte 0x{fault.object[fault.start]:02X} is not UTF-8, as JSON must be"
            )
            raise Refused("encoding", reason) from None


def opened(text: str) -> int:
    """Return where the rows begin, or refuse what is no array of rows."""
    if not text.strip():
        raise Refused("empty", "the file is empty", line=1)
    at = len(text) - len(text.lstrip())
    if text[at : at + 1] == "<":
        raise Refused("web_page", "this is a web page, not JSON", line=1)
    if text[at : at + 1] == "{":
        raise Refused("not_an_array", appearance.of_text(text[at:]), line=1)
    if text[at : at + 1] != "[":
        raise Refused("not_json", "this is not a JSON array of rows", line=1)
    return at + 1


def elements(
    text: str, at: int, pieces: Iterator[str], line: int = 1, after: str = ""
) -> Iterator[Element]:
    """Yield line, text and value of each element of an array that was opened.

    Args:
        text: What was read so far.
        at: Where in it the first element may begin.
        pieces: What follows.
        line: Line that place is on.
        after: What must follow the array, blanks aside.

    Raises:
        Refused: The array is not JSON, never closes, or something follows it.
    """
    decode = json.JSONDecoder(
        parse_constant=not_a_number, parse_float=as_written
    ).raw_decode
    rows = 0
    while True:
        gap = BETWEEN.match(text, at).end()
        between = text[at:gap]
        if gap < len(text) and text[gap] == "]":
            rest = (text[gap + 1 :] + "".join(pieces)).strip()
            if rest != after and after.startswith(rest):
                raise Refused("torn", "the end of the file is missing", line=line)
            if "," in between or rest != after:
                raise Refused("not_json", "something stands after the rows", line=line)
            return
        try:
            value, end = decode(text, gap)
        except (ValueError, RecursionError) as fault:
            more = next(pieces, None)
            if more is None or len(text) - at > ROW_LIMIT:
                rule = "torn" if more is None else "not_json"
                reason = f"row {rows + 1} is cut off or not JSON ({str(fault)[:60]})"
                raise Refused(rule, reason, line=line) from None
            text, at = text[at:] + more, 0
            continue
        if between.count(",") != (1 if rows else 0):
            raise Refused("not_json", "rows are not parted by one comma", line=line)
        rows += 1
        line += text.count("\n", at, gap)
        yield line, text[gap:end], value
        line += text.count("\n", gap, end)
        at = end
