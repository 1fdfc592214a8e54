"""JSON that means one thing: no key twice in an object, no NaN.

Belongs here: the decoders. Does not belong here: what a document says (the readers).

RFC 8259, section 4: of two equal keys in one object nobody knows which one counts. Most
parsers take the last, so that a sender and a reader may understand different things.
"""

import json
from typing import Any

import orjson

LONG = b"0" * 19
"""As many digits as the least number may have that 64 bits do not hold; orjson rounds
a longer one, which Python keeps as it is."""
DEEP = 254
"""Levels that orjson writes. Python's own limit moves with what is being done just
then, and a tenth of this is deep for a resource."""
TOO_DEEP = f"it is nested deeper than {DEEP} levels"
AS_ZEROS = bytes(b"0"[0] if byte in b"0123456789" else byte for byte in range(256))


class RepeatedKey(ValueError):
    """An object holds one key twice."""


def not_a_number(text: str) -> None:
    """Refuse ``NaN`` and ``Infinity``, which Python writes and JSON does not know."""
    raise ValueError(f"{text} is not JSON")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        # The key itself may be a person's name.
        raise RepeatedKey("a key stands twice in one object")
    return found


_exact = json.JSONDecoder(parse_constant=not_a_number, object_pairs_hook=_once).decode


def decode(text: bytes) -> Any:
    """Return the value of one document, written in UTF-8.

    Raises:
        RepeatedKey: An object in it holds one key twice.
        UnicodeDecodeError: It is not UTF-8.
        ValueError: It is not JSON, or nested too deep.
    """
    try:
        value = orjson.loads(text)
        if LONG not in text.translate(AS_ZEROS) and _keeps_quotes(text, value):
            return value
    except orjson.JSONDecodeError:
        # Half a character, which JSON may write and orjson does not read; or it is no
        # JSON, and Python says so in the words we know.
        pass
    try:
        value = _exact(text.decode())
    except RecursionError:
        raise ValueError(TOO_DEEP) from None
    if _is_deep(value):
        raise ValueError(TOO_DEEP)
    return value


def repeats_key(text: str, value: Any) -> bool:
    """Say whether an object in a document, parsed quickly, holds one key twice.

    Args:
        text: The document as it was written.
        value: What became of it, the last of equal keys having won.
    """
    if _keeps_quotes(text.encode("utf-8", "surrogatepass"), value):
        return False
    try:
        _exact(text)
    except (ValueError, RecursionError):
        return True
    return False


def _keeps_quotes(text: bytes, value: Any) -> bool:
    """Say whether all quotes of a document are still there in what became of it.

    A key that came twice is lost, and with it the two quotes around it. Only one escape
    writes a quote without one; where it stands nothing is said, nor of a value that
    orjson cannot write.
    """
    if rb"\u0022" in text:
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
