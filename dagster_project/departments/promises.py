"""Hold a delivery to what its manifest promises.

Belongs here: a promise compared with files, rows and what a delivery says of itself.
Does not belong here: reading the manifest (``sidecar``), one that came after the
delivery was taken (``late_manifest``).
"""

from collections.abc import Iterator
from datetime import datetime
from hashlib import file_digest

from dagster_project.departments.errors import Refused
from dagster_project.departments.feed import Feed
from dagster_project.departments.rows import Facts, Parts
from dagster_project.departments.sidecar import PERIOD, Sidecar

NAMED = 5
"""Files named in one sentence; the first of them tells what is wrong."""
VERSIONED = {"hmis", "team_log", "nemsis", "fhir"}
"""Readers that find a version in the delivery itself; a table of DataSF has none."""


def broken_files(sidecar: Sidecar, parts: Parts) -> Iterator[Refused]:
    """Yield what speaks against each file that is not as its manifest lists it."""
    listed, found = {promised.file for promised in sidecar.files}, set(parts.names)
    for name in sorted(listed ^ found) if listed else ():
        what = "promised but not there" if name in listed else "there but not promised"
        yield Refused("sidecar_files", f"a file is {what} by its manifest", member=name)
    for promised in sidecar.files:
        if promised.sha256 is None or promised.file not in found:
            continue
        with parts.open_packed(promised.file) as stream:
            if file_digest(stream, "sha256").hexdigest() != promised.sha256:
                reason = (
                    "its hash is not the one its manifest promises; send both again"
                )
                yield Refused("sidecar_sha256", reason, member=promised.file)


def hold_to_files(sidecar: Sidecar | None, parts: Parts) -> None:
    """Refuse a folder or archive whose files are not those its manifest lists."""
    broken = list(broken_files(sidecar, parts)) if sidecar else []
    if not broken:
        return
    first, others = broken[0], [refused.member for refused in broken[1:]]
    if others:
        named = ", ".join(others[:NAMED]) + (", …" if others[NAMED:] else "")
        first.reason += f"; nor are these as it promises: {named}"
    raise first


def promised_rows(sidecar: Sidecar | None, feed: Feed) -> dict[str, int]:
    """Return the rows that a manifest promises file by file, by raw table.

    A file belongs to the table its name begins with (``Client.csv``, ``Patient.000.
    ndjson``), or to the only one; of files that fill no table nothing is read.
    """
    rows: dict[str, int] = {}
    for promised in sidecar.files if sidecar else ():
        stem = promised.file.rsplit("/", 1)[-1].partition(".")[0].lower()
        for table in feed.tables:
            is_its = len(feed.tables) == 1 or table.source.lower() == stem
            if is_its and promised.rows is not None:
                rows[table.name] = rows.get(table.name, 0) + promised.rows
    return rows


def tells_mode(reader: str, version: str | None) -> bool:
    """Say whether a delivery itself says that it is full or a delta."""
    return reader == "hmis" or (reader == "fhir" and version == "R4")


def hold_to_facts(
    sidecar: Sidecar | None, facts: Facts, reader: str, moment: datetime | None
) -> None:
    """Refuse a delivery that says of itself what its manifest denies."""
    if sidecar is None:
        return
    is_told = tells_mode(reader, facts.schema_version)
    if is_told and sidecar.mode not in (None, facts.mode):
        reason = f"its manifest says {sidecar.mode}, the export {facts.mode}"
        raise Refused("sidecar_mode", reason)
    version = (sidecar.schema_version or "").lower()
    if reader in VERSIONED and version not in facts.schema_version.lower():
        reason = (
            f"its manifest says version {sidecar.schema_version!r}, the delivery is "
            f"{facts.schema_version!r}"
        )
        raise Refused("sidecar_version", reason)
    for key in PERIOD:
        promised, found = getattr(sidecar, key), getattr(facts, key)
        if promised and found and promised != found:
            reason = f"its manifest says {key} {promised}, the export {found}"
            raise Refused("sidecar_period", reason)
    if moment and sidecar.period_start and moment.date() < sidecar.period_start:
        reason = (
            f"its manifest says period_start {sidecar.period_start}, but it was "
            f"extracted on {moment.date()}"
        )
        raise Refused("sidecar_period", reason)
