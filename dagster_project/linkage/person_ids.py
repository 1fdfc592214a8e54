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
    keyed = hmac.new(key, digestmod="sha256")
    named = [_named(keyed, founder) for founder in founding_record_ids]
    if len(set(named)) == len(named):
        return named
    taken: set[str] = set()
    places = sorted(range(len(named)), key=founding_record_ids.__getitem__)
    for place in places:
        named[place] = person_id(key, founding_record_ids[place], taken)
        taken.add(named[place])
    return named


def _named(keyed: hmac.HMAC, message: str) -> str:
    """Return the name that a message makes; ``keyed`` holds the key and nothing else.

    Its copy spares making the key ready again, a third of the time.
    """
    keyed = keyed.copy()
    keyed.update(message.encode())
    return PREFIX + keyed.hexdigest()[:HEX_DIGITS]


def person_id(key: bytes, founding_record_id: str, taken: Container[str] = ()) -> str:
    """Return 'p_' and 20 hex digits of HMAC-SHA256(key, founding record id).

    An id in ``taken`` was given before and is never given again: then the message is
    extended by a line break and 2, 3, ... until the id is new.
    """
    keyed = hmac.new(key, digestmod="sha256")
    message, attempt = founding_record_id, 1
    while True:
        candidate = _named(keyed, message)
        if candidate not in taken:
            return candidate
        attempt += 1
        message = f"{founding_record_id}\n{attempt}"
