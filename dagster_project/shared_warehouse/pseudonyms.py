"""Pseudonyms: what stands in the shared marts where the warehouse has an id.

Belongs here: the one way a pseudonym is made, alone and for a batch. Does not belong
here: where the key is kept, which columns are ids (``marts``).

A pseudonym is HMAC-SHA256(key, release | role family | id): who has two releases, or
the copies of two families, cannot tell which rows are one person without the key, which
never enters a database. What the rows say can still tell, if it is rare enough.
"""

import hmac
from collections.abc import Callable, Iterator, Mapping
from hashlib import sha256

import pyarrow as pa

HEX_DIGITS = 24
"""96 bits: no two of a billion ids are likely to meet."""
BLOCK_BYTES = 64
"""Block length of SHA-256 (RFC 2104)."""


def pseudonym(key: bytes, release: str, family: str, value: str) -> str:
    """Return the pseudonym of an id."""
    message = f"{release}|{family}|{value}".encode()
    return hmac.digest(key, message, "sha256").hex()[:HEX_DIGITS]


def maker(key: bytes, release: str, family: str) -> Callable[[str], str]:
    """Return a function that gives the same as ``pseudonym``, in half the time.

    What HMAC mixes in before an id is hashed once and copied (RFC 2104, 4): a million
    ids cost 0.9 s of one core.
    """
    block = sha256(key).digest() if len(key) > BLOCK_BYTES else key
    block = block.ljust(BLOCK_BYTES, b"\0")
    inner = sha256(bytes(byte ^ 0x36 for byte in block))
    inner.update(f"{release}|{family}|".encode())
    outer = sha256(bytes(byte ^ 0x5C for byte in block))

    def make(value: str) -> str:
        first = inner.copy()
        first.update(value.encode())
        second = outer.copy()
        second.update(first.digest())
        return second.hexdigest()[:HEX_DIGITS]

    return make


def pseudonymised(
    batches: pa.RecordBatchReader, families: Mapping[int, str], key: bytes, release: str
) -> pa.RecordBatchReader:
    """Return the batches with pseudonyms where they have ids.

    Args:
        batches: Rows as the warehouse has them.
        families: Position of each column of ids to the role family it is for.
        key: The key.
        release: The release's id.
    """
    makers = {name: maker(key, release, name) for name in set(families.values())}

    def changed() -> Iterator[pa.RecordBatch]:
        for batch in batches:
            columns = batch.columns
            for place, family in families.items():
                columns[place] = _column(columns[place], makers[family])
            yield pa.RecordBatch.from_arrays(columns, schema=batches.schema)

    return pa.RecordBatchReader.from_batches(batches.schema, changed())


def _column(ids: pa.Array, make: Callable[[str], str]) -> pa.Array:
    """Return a column's pseudonyms; an id that is there often is hashed once."""
    coded = ids.dictionary_encode()
    made = pa.array([make(value) for value in coded.dictionary.to_pylist()], ids.type)
    return made.take(coded.indices)
