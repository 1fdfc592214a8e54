"""What a department promises about a delivery, in a manifest beside it.

Belongs here: reading ``<delivery>.manifest.json``. Does not belong here: holding a
delivery to it (``promises``), what a format's own manifest says (``fhir_manifest``,
``hmis``).

A manifest is the only witness against a file that was cut between two rows. It is asked
for, never demanded; a promise that is made is kept, or the delivery is refused.
"""

import os
import re
from codecs import BOM_UTF8
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from pathlib import Path

from dagster_project.departments.archives import open_regular
from dagster_project.departments.clocks import parsed_date
from dagster_project.departments.errors import Refused
from dagster_project.departments.strict_json import RepeatedKey, decode

SIDECAR = ".manifest.json"
SIDECAR_LIMIT = 1 << 20
"""Bytes: the largest standard sends some hundreds of files, each a line here."""
MODES = (None, "full", "delta", "period")
SHA256 = re.compile(r"[0-9a-f]{64}")
KEYS = ("file", "sha256", "rows", "mode", "schema_version", "files")
PERIOD = ("period_start", "period_end")


@dataclass(frozen=True)
class Promised:
    """What a manifest promises about one file of a delivery."""

    file: str
    sha256: str | None = None
    rows: int | None = None


@dataclass(frozen=True)
class Sidecar:
    """What a department promises about a delivery, and the manifest's own hash."""

    sha256: str | None = None
    rows: int | None = None
    mode: str | None = None
    schema_version: str | None = None
    period_start: date | None = None
    period_end: date | None = None
    files: tuple[Promised, ...] = ()
    own_sha256: str | None = None

    @property
    def proves_whole(self) -> bool:
        """Say whether its hashes leave no file that may have been cut off."""
        hashes = [promised.sha256 for promised in self.files]
        return self.sha256 is not None or (bool(hashes) and None not in hashes)


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
        told = decode(text.removeprefix(BOM_UTF8))
    except RepeatedKey as fault:
        raise Refused("sidecar", f"in its manifest {fault}") from None
    except ValueError:
        told = None
    if not isinstance(told, dict):
        raise Refused("sidecar", "its manifest is not a JSON object")
    if not {*KEYS, *PERIOD} & told.keys():
        reason = f"its manifest promises nothing; it may hold {', '.join(KEYS)}"
        raise Refused("sidecar", f"{reason} and {', '.join(PERIOD)}")
    return told


def _promise(told: Mapping[str, object], name: str, own: str) -> Sidecar:
    """Return a manifest's promises, each of the kind it must be."""
    mode = told.get("mode")
    if told.get("file") not in (None, name):
        raise Refused("sidecar_file", "its manifest names another file; send its own")
    if mode not in MODES:
        reason = "mode in its manifest is not full, delta or period"
        raise Refused("sidecar", reason)
    start, end = (_day(told, key) for key in PERIOD)
    if start and end and end < start:
        raise Refused("sidecar", "the period in its manifest ends before it starts")
    return Sidecar(
        sha256=_hash(told.get("sha256")),
        rows=_count(told.get("rows")),
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


def _count(rows: object) -> int | None:
    if rows is not None and (type(rows) is not int or rows < 0):
        raise Refused("sidecar", "rows in its manifest is not a whole number")
    return rows


def _files(told: object) -> tuple[Promised, ...]:
    if not isinstance(told, list | tuple) or not all(
        isinstance(entry, dict) and isinstance(entry.get("file"), str) for entry in told
    ):
        reason = "files in its manifest is no list of {file, sha256, rows}"
        raise Refused("sidecar", reason)
    files = tuple(
        Promised(entry["file"], _hash(entry.get("sha256")), _count(entry.get("rows")))
        for entry in told
    )
    names = [promised.file for promised in files]
    if len(set(names)) < len(names):
        raise Refused("sidecar", "files in its manifest names one file twice")
    return files
