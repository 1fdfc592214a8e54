"""Pseudonyms: what stands in the shared marts where the warehouse has an id.

Belongs here: the one way a pseudonym is made, in Python and in DuckDB. Does not belong
here: where the key is kept, which columns are ids (``marts``).

A pseudonym is HMAC-SHA256(key, release | role family | id): who has two releases, or
the copies of two families, cannot tell which rows are one person without the key, which
never enters the database. What the rows say can still tell, if it is rare enough.
"""

import hmac
from hashlib import sha256

HEX_DIGITS = 24
"""96 bits: no two of a billion ids are likely to meet."""
BLOCK_BYTES = 64
"""Block length of SHA-256 (RFC 2104)."""


def pseudonym(key: bytes, release: str, family: str, value: str) -> str:
    """Return the pseudonym of an id."""
    message = f"{release}|{family}|{value}".encode()
    return hmac.digest(key, message, "sha256").hex()[:HEX_DIGITS]


def pads(key: bytes) -> tuple[bytes, bytes]:
    """Return the two blocks by which HMAC mixes a key in (RFC 2104, 2)."""
    block = sha256(key).digest() if len(key) > BLOCK_BYTES else key
    block = block.ljust(BLOCK_BYTES, b"\0")
    return bytes(byte ^ 0x36 for byte in block), bytes(byte ^ 0x5C for byte in block)


def sql(column: str, release: str, family: str) -> str:
    """Return a DuckDB expression for the pseudonym of a text column.

    It names the variables ``inner_pad`` and ``outer_pad``, so that the key is in no
    statement, plan or error message. DuckDB computes a million in half a second where
    Python takes two.
    """
    before = f"{release}|{family}|".replace("'", "''")
    return (
        f"left(sha256(getvariable('outer_pad') || unhex(sha256("
        f"getvariable('inner_pad') || encode('{before}' || {column})))), {HEX_DIGITS})"
    )
