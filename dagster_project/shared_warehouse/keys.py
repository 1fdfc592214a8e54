"""The key behind the pseudonyms.

Belongs here: where it is kept and that it is fit for its use. Does not belong here:
pseudonyms. It is never printed, logged or put into the database.
"""

import os
import secrets
from collections.abc import Mapping
from pathlib import Path

VARIABLE = "THROUGHLINE_PSEUDONYM_KEY"
LEAST_BYTES = 32
"""A key shorter than the hash is easier to guess than the hash (RFC 2104, 3)."""


class KeyRefused(RuntimeError):
    """The key is not one; the message says where it was looked for, not what it is."""


def pseudonym_key(file: Path, environment: Mapping[str, str] | None = None) -> bytes:
    """Return the key from the environment, else from a file, made at first use.

    Args:
        file: Where it lies if the environment does not hold it.
        environment: ``os.environ`` if unset.

    Raises:
        KeyRefused: It is not hexadecimal, too short, or others can read the file.
    """
    environment = os.environ if environment is None else environment
    if given := environment.get(VARIABLE):
        return _key(given, VARIABLE)
    try:
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        if file.stat().st_mode & 0o077:
            raise KeyRefused(
                f"{file} can be read by others: chmod 600 it, or replace it if they "
                "may have read it."
            ) from None
        return _key(file.read_text(), str(file))
    with os.fdopen(descriptor, "w") as fresh:
        fresh.write(secrets.token_hex(LEAST_BYTES))
    return _key(file.read_text(), str(file))


def _key(text: str, where: str) -> bytes:
    try:
        key = bytes.fromhex(text.strip())
    except ValueError:
        raise KeyRefused(f"{where} does not hold a key in hexadecimal.") from None
    if len(key) < LEAST_BYTES:
        raise KeyRefused(f"{where} holds a key of fewer than {LEAST_BYTES} bytes.")
    return key
