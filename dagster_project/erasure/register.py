"""The register of expunged client records, beside the warehouse and only ever longer.

Belongs here: its lines, its keyed hashes, reading and adding. Does not belong here:
what is done with a row whose client stands in it (``door``).

It holds no id: whoever reads it learns whether a client was expunged only by knowing
the id and the key. It outlives the warehouse, so that a rebuild brings nobody back.
"""

import hmac
import json
import os
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Literal

from dagster_project.durable import flush
from dagster_project.locked_file import held

FILE = "expunged.jsonl"
KEY_FILE = "person_id.key"
PREFIX = "expunged:"
"""How what takes the place of a client record id begins."""
MANIFESTS = "erasures"
"""Folder of the signed manifests, and of orders that are open."""
OPEN = ".open.json"
"""How the file of an open order ends."""
HEX_DIGITS = 32
"""128 bits, so that no two clients share a hash."""
Kind = Literal["request", "retention"]
"""Why: it was asked for, or the agreement's clock ran out."""


class RegisterUnusable(RuntimeError):
    """Nobody can tell who was expunged, so no delivery may be read."""


@dataclass(frozen=True)
class Entry:
    """One erasure, as the register keeps it.

    Attributes:
        erasure_id: Its id; the manifest carries it too.
        kind: Why; see ``Kind``.
        at: When it was ordered (UTC, without offset).
        by: Who ordered it.
        reason: In their words.
        hashes: Keyed hashes of the client record ids.
    """

    erasure_id: str
    kind: Kind
    at: datetime
    by: str
    reason: str
    hashes: tuple[str, ...]


def derived_key(person_key: bytes) -> bytes:
    """Return the register's own key, so that one hash tells nothing of the other."""
    return hmac.digest(person_key, b"throughline: expunged client records", "sha256")


def hashed(key: bytes, client_record_id: str) -> str:
    """Return the keyed hash of a client record id (HMAC-SHA256, 128 bits)."""
    digest = hmac.digest(key, client_record_id.encode(), "sha256").hex()
    return digest[:HEX_DIGITS]


@dataclass(frozen=True)
class Register:
    """Who was expunged, and the key to ask by.

    Attributes:
        entries: Every erasure, in order.
        key: The register's key.
        folder: Where it lies, and where orders are opened.
    """

    entries: tuple[Entry, ...]
    key: bytes
    folder: Path | None = None

    def find(self, client_record_id: str) -> list[Entry]:
        """Return the erasures that a client record was part of."""
        told = hashed(self.key, client_record_id)
        return [entry for entry in self.entries if told in entry.hashes]


def key_beside(folder: Path) -> bytes | None:
    """Return the register's key in a folder; None before the first run made one.

    Raises:
        RegisterUnusable: The secret behind it is damaged.
    """
    secret = folder / KEY_FILE
    if not secret.exists():
        return None
    try:
        return derived_key(bytes.fromhex(secret.read_text().strip()))
    except ValueError:
        raise RegisterUnusable(
            f"{secret} is damaged; put the copy back that was kept."
        ) from None


def read(folder: Path) -> Register | None:
    """Return the register beside a warehouse; None while nobody was expunged.

    Raises:
        RegisterUnusable: A line is no entry or is gone, or the key is.
    """
    path = folder / FILE
    data = path.read_bytes() if path.exists() else b""
    entries = tuple(_entries(path, data))
    files = (folder / MANIFESTS).glob("*.json")
    proven = {file.stem for file in files if not file.name.endswith(OPEN)}
    if gone := sorted(proven - {entry.erasure_id for entry in entries}):
        raise RegisterUnusable(
            f"{path} does not know erasure {gone[0]} any more, which was proven; put "
            "the copy back that was kept, or the client would come back."
        )
    if not entries:
        return None
    key = key_beside(folder)
    if key is None:
        raise RegisterUnusable(
            f"{path} says that clients were expunged, but {folder / KEY_FILE} is gone, "
            "without which nobody can tell whose rows must stay outside. Put it back."
        )
    return Register(entries, key, folder)


def _entries(path: Path, data: bytes) -> Iterable[Entry]:
    for number, line in enumerate(_whole(data).decode().split("\n"), start=1):
        if not line.strip():
            continue
        try:
            told = json.loads(line)
            told["at"] = datetime.fromisoformat(told["at"])
            told["hashes"] = tuple(told["hashes"])
            yield Entry(**told)
        except (KeyError, TypeError, ValueError):
            raise RegisterUnusable(
                f"{path.name}, line {number}: this is no entry; put the copy back that "
                "was kept, do not delete the line."
            ) from None


def _whole(data: bytes) -> bytes:
    """Return the lines without a last one that a crash cut short.

    Its erasure had not begun: nothing is erased before its line is on the disk.
    """
    return data if data.endswith(b"\n") else data[: data.rfind(b"\n") + 1]


def add(folder: Path, entry: Entry) -> None:
    """Add an erasure unless it stands there; it is on the disk when this returns.

    Raises:
        RegisterUnusable: A line that stands there is no entry.
    """
    path = folder / FILE
    descriptor = held(path)
    try:
        whole = _whole(path.read_bytes())
        if any(e.erasure_id == entry.erasure_id for e in _entries(path, whole)):
            return
        told = asdict(entry) | {"at": entry.at.isoformat()}
        line = json.dumps(told, ensure_ascii=False, sort_keys=True) + "\n"
        os.ftruncate(descriptor, len(whole))
        os.pwrite(descriptor, line.encode(), len(whole))
        os.fsync(descriptor)
        flush(folder)
    finally:
        os.close(descriptor)
