"""What a department promises about a delivery, in a manifest beside it.

Belongs here: reading ``<delivery>.manifest.json`` and holding a delivery to it. Does
not belong here: what a format's own manifest says (``fhir_manifest``, ``hmis``).

A manifest is the only witness against a file that was cut between two rows. It is asked
for, never demanded; a promise that is made is kept, or the delivery is refused.
"""

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import file_digest, sha256
from pathlib import Path

from dagster_project.departments.archives import open_regular
from dagster_project.departments.clocks import parsed_date
from dagster_project.departments.errors import Refused
from dagster_project.departments.rows import Facts, Parts
from dagster_project.departments.strict_json import RepeatedKey, decode

SIDECAR = ".manifest.json"
SIDECAR_LIMIT = 1 << 20
"""Bytes: the largest standard sends some hundreds of files, each a line here."""
MODES = (None, "full", "delta", "period")
SHA256 = re.compile(r"[0-9a-f]{64}")
KEYS = ("file", "sha256", "rows", "mode", "schema_version", "files")
PERIOD = ("period_start", "period_end")
VERSIONED = {"hmis", "team_log", "nemsis", "fhir"}
"""Readers that find a version in the delivery itself; a table of DataSF has none."""


@dataclass(frozen=True)
class Sidecar:
    """What a department promises about a delivery, and the manifest's own hash."""

    sha256: str | None = None
    rows: int | None = None
    mode: str | None = None
    schema_version: str | None = None
    period_start: date | None = None
    period_end: date | None = None
    files: tuple[tuple[str, str | None], ...] = ()
    own_sha256: str | None = None


def read(path: Path) -> Sidecar | None:
    """Read the manifest beside a delivery, None when there is none.

    Raises:
        Refused: It is no manifest, or speaks of another file.
    """
    beside = path.with_name(path.name + SIDECAR)
    if not os.path.lexists(beside):
        return None
    with open_regular(beside) as stream:
        text = stream.read(SIDECAR_LIMIT + 1)
    try:
        return _promise(_told(text), path.name, sha256(text).hexdigest())
    except Refused as refused:
        raise refused.named("", "", beside.name) from None


def _told(text: bytes) -> Mapping[str, object]:
    try:
        told = decode(text.decode("utf-8-sig"))
    except RepeatedKey as fault:
        raise Refused("sidecar", f"in its manifest {fault}") from None
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise Refused("sidecar", "its manifest is not a JSON object")
    if not {*KEYS, *PERIOD} & told.keys():
        reason = f"its manifest promises nothing; it may hold {', '.join(KEYS)}"
        raise Refused("sidecar", f"{reason} and {', '.join(PERIOD)}")
    return told


def _promise(told: Mapping[str, object], name: str, own: str) -> Sidecar:
    """Return a manifest's promises, each of the kind it must be."""
    rows, mode = told.get("rows"), told.get("mode")
    if told.get("file") not in (None, name):
        raise Refused("sidecar_file", "its manifest names another file; send its own")
    if rows is not None and (type(rows) is not int or rows < 0):
        raise Refused("sidecar", "rows in its manifest is not a whole number")
    if mode not in MODES:
        reason = "mode in its manifest is not full, delta or period"
        raise Refused("sidecar", reason)
    start, end = (_day(told, key) for key in PERIOD)
    if start and end and end < start:
        raise Refused("sidecar", "the period in its manifest ends before it starts")
    return Sidecar(
        sha256=_hash(told.get("sha256")),
        rows=rows,
        mode=mode,
        schema_version=str(told.get("schema_version") or "") or None,
        period_start=start,
        period_end=end,
        files=_files(told.get("files") or ()),
        own_sha256=own,
    )


def _hash(told: object) -> str | None:
    text = str(told or "").strip().lower()
    if text and not SHA256.fullmatch(text):
        raise Refused("sidecar", "sha256 in its manifest is not 64 hexadecimal digits")
    return text or None


def _day(told: Mapping[str, object], key: str) -> date | None:
    day = parsed_date(str(told.get(key) or ""))
    if day is None and told.get(key) is not None:
        raise Refused("sidecar", f"{key} in its manifest is not a date YYYY-MM-DD")
    return day


def _files(told: object) -> tuple[tuple[str, str | None], ...]:
    if not isinstance(told, list | tuple) or not all(
        isinstance(entry, dict) and isinstance(entry.get("file"), str) for entry in told
    ):
        raise Refused("sidecar", "files in its manifest is no list of {file, sha256}")
    return tuple((entry["file"], _hash(entry.get("sha256"))) for entry in told)


def hold_to_files(sidecar: Sidecar | None, parts: Parts) -> None:
    """Refuse a folder or archive whose files are not those its manifest lists."""
    if sidecar is None or not sidecar.files:
        return
    listed, found = {name for name, _ in sidecar.files}, set(parts.names)
    for name in sorted(listed ^ found):
        what = "promised but not there" if name in listed else "there but not promised"
        raise Refused("sidecar_files", f"a file is {what} by its manifest", member=name)
    for name, promised in sidecar.files:
        with parts.open_packed(name) as stream:
            if promised and file_digest(stream, "sha256").hexdigest() != promised:
                reason = (
                    "its hash is not the one its manifest promises; send both again"
                )
                raise Refused("sidecar_sha256", reason, member=name)


def hold_to_facts(
    sidecar: Sidecar | None, facts: Facts, reader: str, moment: datetime | None
) -> None:
    """Refuse a delivery that says of itself what its manifest denies."""
    if sidecar is None:
        return
    tells_mode = reader == "hmis" or (reader == "fhir" and facts.schema_version == "R4")
    if tells_mode and sidecar.mode not in (None, facts.mode):
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
