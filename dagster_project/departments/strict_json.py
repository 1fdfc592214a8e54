"""JSON that means one thing: no key twice in an object, no NaN.

Belongs here: the decoders. Does not belong here: what a document says (the readers).

RFC 8259, section 4: of two equal keys in one object nobody knows which one counts. Most
parsers take the last, so that a sender and a reader may understand different things.
"""

import json
from collections.abc import Sequence
from math import isinf
from typing import Any

import orjson

from dagster_project.departments.ndjson import counted

LONG = b"0" * 19
"""As many digits as the least number may have that 64 bits do not hold; orjson rounds
a longer one, which Python keeps as it is."""
ESCAPED_QUOTE = rb"\u0022"
"""The one escape that writes a quote without one."""
DEEP = 254
"""Levels that orjson writes. Python's own limit moves with what is being done just
then, and a tenth of this is deep for a resource."""
TOO_DEEP = f"it is nested deeper than {DEEP} levels"
AS_ZEROS = bytes(b"0"[0] if byte in b"0123456789" else byte for byte in range(256))
STEP = 4
"""Of every fourth byte ``LONG`` covers four in a row wherever it stands, and a time of
day with its date no more than three."""


class RepeatedKey(ValueError):
    """An object holds one key twice."""


class TooLarge(ValueError):
    """A number is larger than any that a program keeps."""


def not_a_number(text: str) -> None:
    """Refuse ``NaN`` and ``Infinity``, which Python writes and JSON does not know."""
    raise ValueError(f"{text} is not JSON")


def _finite(text: str) -> float:
    value = float(text)
    if isinf(value):
        raise TooLarge("a number in it is larger than 1e308")
    return value


def as_written(text: str) -> float | str:
    """Return a number, or its digits where it is larger than any a program keeps.

    >>> as_written("1.50"), as_written("1e400")
    (1.5, '1e400')
    """
    value = float(text)
    return text if isinf(value) else value


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        # The key itself may be a person's name.
        raise RepeatedKey("a key stands twice in one object")
    return found


_exact = json.JSONDecoder(
    parse_constant=not_a_number, parse_float=_finite, object_pairs_hook=_once
).decode


_once_only = json.JSONDecoder(object_pairs_hook=_once).decode


def is_plain(text: bytes) -> bool:
    """Say whether every document in a text is what orjson makes of it, or shows it.

    It is not where a number may be too long for it, or an escape stands for a quote.
    """
    if b"\\" in text and ESCAPED_QUOTE in text:  # a single byte is found much sooner
        return False
    some = text[::STEP].translate(AS_ZEROS)
    return b"0" * STEP not in some or LONG not in text.translate(AS_ZEROS)


def decode(text: bytes, *, plain: bool | None = None) -> Any:
    """Return the value of one document, written in UTF-8.

    Args:
        text: The document.
        plain: Whether it ``is_plain``, where that was asked of many together.

    Raises:
        RepeatedKey: An object in it holds one key twice.
        TooLarge: A number in it is too large to be kept.
        UnicodeDecodeError: It is not UTF-8.
        ValueError: It is not JSON, or nested too deep.
    """
    try:
        value = orjson.loads(text)
        if (plain or is_plain(text)) and _is_kept(text, orjson.dumps(value)):
            return value
    except (orjson.JSONDecodeError, orjson.JSONEncodeError):
        # Half a character, which JSON may write and orjson does not read; what orjson
        # cannot write; or it is no JSON, and Python says so in the words we know.
        pass
    try:
        value = _exact(text.decode())
    except RecursionError:
        raise ValueError(TOO_DEEP) from None
    if _is_deep(value):
        raise ValueError(TOO_DEEP)
    return value


def _is_kept(text: bytes, written: bytes) -> bool:
    """Say whether all quotes of a document are still there, and no new ``null``.

    A key that came twice is lost, and with it the two quotes around it; only an escape
    writes a quote without one. A number too large for orjson is written as null.
    """
    return written.count(b'"') == text.count(b'"') and (
        b"null" not in written or written.count(b"null") == text.count(b"null")
    )


def are_kept(text: bytes, written: Sequence[bytes]) -> bool:
    """Say of many documents together what ``_is_kept`` says of one.

    None gains a quote when it is written, so that what one lost is missing in the sum.

    Args:
        text: The documents, all of them plain.
        written: What became of them, some together.
    """
    quotes = sum(counted(some, b'"') for some in written)
    nulls = sum(some.count(b"null") for some in written if b"null" in some)
    return quotes == counted(text, b'"') and (not nulls or nulls == text.count(b"null"))


def repeats_key(text: str, value: Any) -> bool:
    """Say whether an object in a document, parsed quickly, holds one key twice.

    Args:
        text: The document as it was written.
        value: What became of it, the last of equal keys having won.
    """
    if _keeps_quotes(text.encode("utf-8", "surrogatepass"), value):
        return False
    try:
        _once_only(text)
    except (ValueError, RecursionError):
        return True
    return False


def _keeps_quotes(text: bytes, value: Any) -> bool:
    """Say whether all quotes of a document are still there in what became of it.

    Nothing is said where an escape stands for one, nor of a value that orjson cannot
    write.
    """
    if ESCAPED_QUOTE in text:
        return False
    try:
        return orjson.dumps(value).count(b'"') == text.count(b'"')
    except orjson.JSONEncodeError:
        return False


def _is_deep(value: Any) -> bool:
    """Say whether a document is nested too deep, going down level by level."""
    level = [value]
    for _ in range(DEEP):
        level = [
            inner
            for outer in level
            if isinstance(outer, dict | list)
            for inner in (outer.values() if isinstance(outer, dict) else outer)
        ]
    return any(isinstance(inner, dict | list) for inner in level)
