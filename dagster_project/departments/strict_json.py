"""JSON that means one thing: no key twice in an object, no NaN.

Belongs here: the decoders. Does not belong here: what a document says (the readers).

RFC 8259, section 4: of two equal keys in one object nobody knows which one counts. Most
parsers take the last, so that a sender and a reader may understand different things.
"""

import json
from typing import Any


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
_quick = json.JSONDecoder(parse_constant=not_a_number).decode


def decode(text: str) -> Any:
    """Return the value of one document.

    Raises:
        RepeatedKey: An object in it holds one key twice.
        ValueError: It is not JSON.
        RecursionError: It is nested too deep.
    """
    value = _quick(text)
    if repeats_key(text, value):
        raise RepeatedKey("a key stands twice in one object")
    return value


def repeats_key(text: str, value: Any) -> bool:
    """Say whether an object in a document, parsed quickly, holds one key twice.

    Every key and every text in it was written between two quotes, so fewer of them in
    the value than there are pairs of quotes in the text means that some were lost. Only
    where a quote may stand inside a text is the document parsed a second time.

    Args:
        text: The document as it was written.
        value: What became of it, the last of equal keys having won.
    """
    try:
        if "\\" not in text or '\\"' not in text:
            return text.count('"') != 2 * _texts(value)
        _exact(text)
    except (ValueError, RecursionError):
        return True
    return False


def _texts(value: Any) -> int:
    """Count the keys and the texts in a value, however deep."""
    kind, count = type(value), 0
    if kind is dict:
        count, value = len(value), value.values()
    elif kind is not list:
        return int(kind is str)
    for inner in value:
        kind = type(inner)
        if kind is str:
            count += 1
        elif kind is dict or kind is list:
            count += _texts(inner)
    return count
