"""What is to be erased and has not been proven gone yet: open orders.

Belongs here: an order and its file. Does not belong here: finding whom it concerns
(``whom``), carrying it out.

An order holds the ids and the identity of the client, or nobody could look for them
afterwards. Its file is closed to other accounts and removed once the absence is proven;
a run that was killed leaves it, and the next run goes on with it.
"""

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from dagster_project.durable import flush
from dagster_project.erasure.register import MANIFESTS, OPEN, Kind


@dataclass(frozen=True)
class Identity:
    """What one client record says of who its client is; "" for what it does not."""

    first_name: str = ""
    last_name: str = ""
    born: str = ""
    ssn: str = ""


@dataclass(frozen=True)
class Order:
    """One erasure on its way.

    Attributes:
        erasure_id: When it was ordered, and a random end.
        kind: Asked for, or its time was up.
        at: When (UTC, without offset).
        by: Who ordered it.
        reason: In their words.
        client_records: Ids of the client records, merged-away ones included.
        persons: Persons all of whose client records these are.
        identities: What the records say of who they are.
        untouched_since: Where time was up, the day since which nobody touched them.
        before: Table to rows and sha256 before, empty until it is carried out.
        erased: Raw table to delivery to rows taken out.
        changed: Other places to events or lines in which an id gave way to its hash.
    """

    erasure_id: str
    kind: Kind
    at: datetime
    by: str
    reason: str
    client_records: tuple[str, ...]
    persons: tuple[str, ...] = ()
    identities: tuple[Identity, ...] = ()
    untouched_since: str = ""
    before: Mapping[str, tuple[int, str]] = field(default_factory=dict)
    erased: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    changed: Mapping[str, int] = field(default_factory=dict)


def new_id(at: datetime) -> str:
    """Return an id that tells when, and nothing of whom."""
    return f"{at:%Y%m%dT%H%M%S}_{secrets.token_hex(4)}"


def folder(beside: Path) -> Path:
    """Return the folder of orders and manifests, made when missing."""
    path = beside / MANIFESTS
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def keep(beside: Path, order: Order) -> None:
    """Write an order, whole or not at all; it is on the disk when this returns."""
    told = asdict(order) | {"at": order.at.isoformat()}
    path = folder(beside) / (order.erasure_id + OPEN)
    write_whole(path, json.dumps(told, ensure_ascii=False))


def write_whole(path: Path, text: str) -> None:
    """Write a file closed to others by one rename, for good."""
    part = path.with_name(path.name + ".part")
    part.unlink(missing_ok=True)
    with os.fdopen(
        os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600),
        "w",
        encoding="utf-8",
    ) as stream:
        stream.write(text)
        stream.flush()
        os.fsync(stream.fileno())
    part.replace(path)
    flush(path.parent)


def open_orders(beside: Path) -> list[Order]:
    """Return what is not proven yet, the oldest first."""
    path = beside / MANIFESTS
    found = sorted(path.glob("*" + OPEN)) if path.is_dir() else []
    return [_order(json.loads(file.read_text(encoding="utf-8"))) for file in found]


def _order(told: dict[str, Any]) -> Order:
    return Order(
        **told
        | {
            "at": datetime.fromisoformat(told["at"]),
            "client_records": tuple(told["client_records"]),
            "persons": tuple(told["persons"]),
            "identities": tuple(Identity(**one) for one in told["identities"]),
            "before": {t: tuple(seen) for t, seen in told["before"].items()},
        }
    )


def close(beside: Path, order: Order) -> None:
    """Remove the file of an order that was proven."""
    path = folder(beside) / (order.erasure_id + OPEN)
    path.unlink(missing_ok=True)
    path.with_name(path.name + ".part").unlink(missing_ok=True)
    flush(path.parent)
