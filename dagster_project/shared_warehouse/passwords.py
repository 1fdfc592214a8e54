"""Passwords of logins, and what PostgreSQL keeps of them.

Belongs here: making a password and its SCRAM verifier. Does not belong here: where they
are kept, or sending them.
"""

import base64
import hashlib
import hmac
import secrets

ITERATIONS = 4096
"""PostgreSQL's own number of rounds (``scram_iterations``)."""


def new_password() -> str:
    """Return a password of 144 random bits in characters no shell or URL quotes."""
    return secrets.token_urlsafe(18)


def verifier(password: str, salt: bytes | None = None) -> str:
    """Return what PostgreSQL stores for a password (RFC 5802, RFC 7677).

    A statement that sets a password may end in a server log or an error; one that sets
    the verifier gives nothing away with which anybody can log in.

    Args:
        password: The password; ASCII, so SASLprep leaves it as it is.
        salt: 16 bytes; random when unset.
    """
    salt = secrets.token_bytes(16) if salt is None else salt
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, ITERATIONS)
    stored = hashlib.sha256(hmac.digest(salted, b"Client Key", "sha256")).digest()
    server = hmac.digest(salted, b"Server Key", "sha256")
    parts = [base64.b64encode(part).decode() for part in (salt, stored, server)]
    return f"SCRAM-SHA-256${ITERATIONS}:{parts[0]}${parts[1]}:{parts[2]}"
