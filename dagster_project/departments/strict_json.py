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


BLANK_AFTER = ('" ', '"\t', '"\n', '"\r')
"""A blank between a key and its colon would hide the key from counting; where one
could be, the object is parsed a second time."""

decode = json.JSONDecoder(parse_constant=not_a_number, object_pairs_hook=_once).decode
"""Return the value of one document, or raise ValueError. Made once: a decoder for
every line would cost more than the line."""


def repeats_key(text: str, value: dict[str, Any]) -> bool:
    """Say whether an object, parsed by a quicker decoder, holds one key twice.

    Args:
        text: The object as it was written.
        value: What became of it, the last of equal keys having won.
    """
    inner = sum(len(held) for held in value.values() if type(held) is dict)
    is_plain = not any(sign in text for sign in BLANK_AFTER)
    if is_plain and text.count('":') == len(value) + inner:
        return False
    try:
        decode(text)
    except (ValueError, RecursionError):
        return True
    return False
