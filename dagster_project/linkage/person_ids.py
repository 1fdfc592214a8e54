"""Names of people: reproducible by whoever holds the key, not guessable without it.

Belongs here: the one way a person_id is made. Does not belong here: who is a person
(``identity``), where the key is kept (the caller).
"""

import hmac
from collections.abc import Container, Sequence

PREFIX = "p_"
HEX_DIGITS = 20
"""80 bits: no two of a billion founding records are likely to meet."""


def person_ids(key: bytes, founding_record_ids: Sequence[str]) -> list[str]:
    """Return the names of people that nobody had before, none of them twice.

    Of two that would be called alike the one of the first record id keeps the name.
    """
    named = [
        PREFIX + hmac.digest(key, founder.encode(), "sha256").hex()[:HEX_DIGITS]
        for founder in founding_record_ids
    ]
    if len(set(named)) == len(named):
        return named
    taken: set[str] = set()
    places = sorted(range(len(named)), key=founding_record_ids.__getitem__)
    for place in places:
        named[place] = person_id(key, founding_record_ids[place], taken)
        taken.add(named[place])
    return named


def person_id(key: bytes, founding_record_id: str, taken: Container[str] = ()) -> str:
    """Return 'p_' and 20 hex digits of HMAC-SHA256(key, founding record id).

    An id in ``taken`` was given before and is never given again: then the message is
    extended by a line break and 2, 3, ... until the id is new.
    """
    message, attempt = founding_record_id, 1
    while True:
        digest = hmac.digest(key, message.encode(), "sha256").hex()
        candidate = PREFIX + digest[:HEX_DIGITS]
        if candidate not in taken:
            return candidate
        attempt += 1
        message = f"{founding_record_id}\n{attempt}"
