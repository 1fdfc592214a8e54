"""Read a delivery again after a mend, or take it back.

Belongs here: one delivery's rows giving way to a new version, or to nothing, in one
transaction. Does not belong here: the first reading (``ledger``), what is printed.

The ledger keeps every version: the old row stays as ``replaced`` or ``withdrawn``, the
new one says what it ``replaces``. To ask for the same twice changes nothing the second
time.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from pathlib import Path

import duckdb

from dagster_project.departments import ledger_tables, sidecar
from dagster_project.departments.errors import Refused
from dagster_project.departments.feed import Feed
from dagster_project.departments.feeds import FEEDS
from dagster_project.departments.group import Group
from dagster_project.departments.landing import (
    Delivery,
    StillArriving,
    deliveries,
    fingerprint,
)
from dagster_project.departments.ledger import now
from dagster_project.departments.reading import Place, read
from dagster_project.departments.recognise import recognised
from dagster_project.erasure.door import register_of
from dagster_project.governance.in_force import projects_agreement

BOOKED = (
    "select delivery_id, feed, department, name, sha256, extracted_at, status, "
    "coalesce(version, 1) as version from raw.deliveries"
)


class CannotReplay(Exception):
    """Nothing was changed, and why, in a sentence."""


@dataclass(frozen=True)
class Booked:
    """What the ledger knows of a delivery."""

    delivery_id: str
    feed: str
    department: str
    name: str
    sha256: str
    extracted_at: datetime | None
    status: str
    version: int

    @property
    def tables(self) -> list[str]:
        """Return the raw tables that its feed fills."""
        return [t.name for f in FEEDS if f.name == self.feed for t in f.tables]


def booked(connection: duckdb.DuckDBPyConnection, wanted: str) -> Booked:
    """Return the version in force of the delivery with this id or name.

    Raises:
        CannotReplay: There is none, or the name is that of several.
    """
    found = connection.execute(
        f"{BOOKED} where delivery_id = $1 or ((name = $1 or department || '/' || name "
        "= $1) and status <> 'replaced') order by delivery_id = $1 desc, delivery_id",
        [wanted],
    ).fetchall()
    if not found:
        ids = connection.execute("select delivery_id from raw.deliveries").fetchall()
        near = get_close_matches(wanted, [name for (name,) in ids], 3, 0.6)
        hint = f" Did you mean {' or '.join(near)}?" if near else ""
        raise CannotReplay(
            f"The ledger knows no delivery {wanted!r}.{hint} "
            "'throughline deliveries' lists them."
        )
    delivery = Booked(*found[0])
    if delivery.delivery_id != wanted and len(found) > 1:
        ids = ", ".join(row[0] for row in found)
        raise CannotReplay(f"{wanted!r} is the name of several deliveries: {ids}.")
    while delivery.status == "replaced":
        later = connection.execute(
            f"{BOOKED} where replaces = ?", [delivery.delivery_id]
        ).fetchone()
        delivery = Booked(*later)
    return delivery


def _feed(old: Booked, path: Path) -> Feed:
    known = next((feed for feed in FEEDS if feed.name == old.feed), None)
    return known or recognised(old.department, path)


def _found(old: Booked, landing_dir: Path, file: Path | None) -> Path:
    """Return where the bytes to read lie: as named, or as they were delivered."""
    if file is not None:
        if not file.exists():
            raise CannotReplay(f"There is no file {file}.")
        return file
    path = landing_dir / old.department / old.name
    if path.exists():
        return path
    for delivery in deliveries(landing_dir, [old.department]):
        if delivery.sha256 == old.sha256 and not delivery.fault:
            return delivery.path
    raise CannotReplay(
        f"{old.department}/{old.name} lies no more in {landing_dir}; put it back, or "
        "name a mended file with --file."
    )


def _delivery(old: Booked, path: Path) -> Delivery:
    """Return the delivery to read, under the name it was first delivered by."""
    is_folder = path.is_dir() and not path.is_symlink()
    feed = _feed(old, path)
    digest, size, seen = fingerprint(path, is_folder)
    promise = sidecar.read(path)
    if promise and promise.sha256 not in (None, digest):
        raise Refused("sidecar_sha256", "its hash is not the one its manifest promises")
    return Delivery(
        old.department, old.name, path, feed, is_folder, digest, size, seen, promise
    )


def _digest(connection, delivery_id: str, tables: list[str]) -> list[tuple]:
    """Return counts and hashes of what one delivery holds, its id left out."""
    held = [(table, "_delivery_id") for table in tables]
    held += [(table, "delivery_id") for table in ledger_tables.RECORDS_OF_A_DELIVERY]
    return [
        connection.execute(
            f"select count(*), sum(hash(held)) from (select * exclude ({key}) "
            f"from raw.{ledger_tables.quoted(table)} where {key} = ?) as held",
            [delivery_id],
        ).fetchone()
        for table, key in held
    ]


def _mark(connection, old: Booked, status: str, reason: str | None = None) -> None:
    connection.execute(
        "update raw.deliveries set status = ?, reason = coalesce(?, reason) "
        "where delivery_id = ?",
        [status, reason, old.delivery_id],
    )


def _taken_as(connection, old: Booked, sha256: str) -> str | None:
    """Return the other delivery under which these bytes are in force already."""
    found = connection.execute(
        "select delivery_id from raw.deliveries where sha256 = ? and status = 'taken' "
        "and delivery_id <> ?",
        [sha256, old.delivery_id],
    ).fetchone()
    return found[0] if found else None


def replay(
    connection: duckdb.DuckDBPyConnection,
    landing_dir: Path,
    wanted: str,
    file: Path | None = None,
    clock: Callable[[], datetime] = now,
) -> str:
    """Put a new reading of a delivery in the place of the old one.

    Args:
        connection: The warehouse; all happens in one transaction.
        landing_dir: Where the delivery's file is looked for.
        wanted: Delivery id, or a name that is that of one delivery.
        file: A mended file to read instead.
        clock: Tells when (UTC).

    Returns:
        One sentence that says what was done.

    Raises:
        CannotReplay: Nothing was changed, and why.
    """
    ledger_tables.create(connection)
    old = booked(connection, wanted)
    try:
        delivery = _delivery(old, _found(old, landing_dir, file))
        connection.execute("begin transaction")
        try:
            told, is_new = _replaced(connection, old, delivery, clock)
        except BaseException:
            connection.execute("rollback")
            raise
        connection.execute("commit" if is_new else "rollback")
    except Refused as refused:
        refused.named(old.department, old.name)
        raise CannotReplay(f"Still refused, nothing was changed: {refused}") from None
    except StillArriving:
        raise CannotReplay("The file is still being written; try again.") from None
    return told


def _replaced(
    connection, old: Booked, delivery: Delivery, clock: Callable[[], datetime]
) -> tuple[str, bool]:
    """Do the work of ``replay`` inside its transaction, and say whether to keep it."""
    before = _digest(connection, old.delivery_id, old.tables)
    ledger_tables.forget_rows(connection, old.delivery_id, old.tables)
    if other := _taken_as(connection, old, delivery.sha256):
        if old.status == "taken":
            _mark(connection, old, "withdrawn", f"its mended file is {other}")
        return f"{other} already holds these bytes; {old.delivery_id} gave way.", True
    group = Group(connection, lambda outcome: None, is_inside=True)
    asked = "select hashed_key from raw.withheld_keys where feed = ?"
    keys = connection.execute(asked, [delivery.feed.name]).fetchall()
    place = Place(old.version + 1, old.delivery_id, old.extracted_at)
    withheld = frozenset(key for (key,) in keys)
    taken_at = clock()
    agreement = projects_agreement(taken_at.date())
    outcome, row, _ = read(
        delivery,
        group,
        withheld,
        taken_at,
        agreement,
        place,
        expunged=register_of(connection),
    )
    _mark(connection, old, "replaced")
    group.book(delivery, outcome, row)
    group.write()
    after = _digest(connection, outcome.delivery_id, old.tables)
    if (old.status, old.sha256, before) == ("taken", delivery.sha256, after):
        return f"{old.delivery_id} reads the same as before; nothing changed.", False
    return (
        f"{outcome.delivery_id} stands in the place of {old.delivery_id}: "
        f"{outcome.rows_in:,} rows, {outcome.rows_loaded:,} loaded, "
        f"{outcome.rows_quarantined:,} quarantined.",
        True,
    )


def withdraw(connection: duckdb.DuckDBPyConnection, wanted: str, reason: str) -> str:
    """Take back a delivery's rows; its place in the ledger says why.

    Returns:
        One sentence that says what was done.

    Raises:
        CannotReplay: The ledger does not know it.
    """
    ledger_tables.create(connection)
    old = booked(connection, wanted)
    if old.status == "withdrawn":
        return f"{old.delivery_id} was withdrawn before; nothing changed."
    connection.execute("begin transaction")
    try:
        ledger_tables.forget_rows(connection, old.delivery_id, old.tables)
        _mark(connection, old, "withdrawn", f"withdrawn: {reason}")
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")
    return f"{old.delivery_id} is withdrawn; its rows are out of the warehouse."
