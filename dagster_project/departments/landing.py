"""List what the departments put into the landing folder, and fingerprint it.

Belongs here: names, hashes, sidecar manifests, what is still arriving. Does not belong
here: what is inside a delivery (the readers), what was taken before (``ledger``).

A delivery is one file or one folder directly under ``<landing>/<department>/``.
"""

import json
import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from hashlib import file_digest, sha256
from pathlib import Path

from dagster_project.departments.archives import (
    ENTRIES_LIMIT,
    FolderParts,
    is_ignored,
    open_regular,
)
from dagster_project.departments.clocks import parsed_date
from dagster_project.departments.errors import Refused
from dagster_project.departments.feed import Feed
from dagster_project.departments.feeds import FEEDS
from dagster_project.departments.recognise import recognised

ARRIVING = (".tmp", ".part")
SIDECAR = ".manifest.json"
SIDECAR_LIMIT = 64 << 10
"""Bytes: a sidecar holds seven short values."""


@dataclass(frozen=True)
class Sidecar:
    """What a department promises about a delivery, in a file beside it."""

    sha256: str | None = None
    rows: int | None = None
    mode: str | None = None
    schema_version: str | None = None
    period_start: date | None = None
    period_end: date | None = None


@dataclass(frozen=True)
class Delivery:
    """One file or folder that a department put down.

    Attributes:
        department: Folder it lies in.
        name: Its own name.
        path: Where it lies.
        feed: The feed its name or content belongs to, None when it is of none.
        is_folder: Whether it is a folder of files.
        sha256: Hash of the file; of a folder, the hash over its sorted lines of
            name and hash. Of something unreadable, the hash of the refusal.
        bytes: Size of all its files.
        seen: Size, time and inode of every file when it was hashed.
        sidecar: The department's promise about it, if there is one.
        fault: Why it cannot be read at all, if so.
    """

    department: str
    name: str
    path: Path
    feed: Feed | None
    is_folder: bool
    sha256: str
    bytes: int
    seen: tuple[tuple[str, int, int, int], ...] = ()
    sidecar: Sidecar | None = None
    fault: Refused | None = None


class StillArriving(Exception):
    """The delivery changed while it was read; look again at the next run."""


def _sidecar(path: Path) -> Sidecar | None:
    """Read the sidecar manifest beside a delivery, None when there is none."""
    beside = path.with_name(path.name + SIDECAR)
    if not os.path.lexists(beside):
        return None
    with open_regular(beside) as stream:
        text = stream.read(SIDECAR_LIMIT + 1)
    try:
        told = json.loads(text)
    except (ValueError, RecursionError):
        told = None
    if not isinstance(told, dict):
        raise Refused(
            "sidecar", "its manifest is not a JSON object", member=beside.name
        )
    rows, mode = told.get("rows"), told.get("mode")
    if mode not in (None, "full", "delta", "period"):
        reason = "mode in its manifest is not full, delta or period"
        raise Refused("sidecar", reason, member=beside.name)
    return Sidecar(
        sha256=str(told["sha256"]).lower() if told.get("sha256") else None,
        rows=rows if isinstance(rows, int) else None,
        mode=mode,
        schema_version=told.get("schema_version") or None,
        period_start=parsed_date(told.get("period_start")),
        period_end=parsed_date(told.get("period_end")),
    )


def _hashed(stream) -> tuple[str, tuple[int, int, int]]:
    """Hash an open file; refuse to trust it if it changed meanwhile."""
    before = os.fstat(stream.fileno())
    digest = file_digest(stream, "sha256").hexdigest()
    after = os.fstat(stream.fileno())
    seen = (after.st_size, after.st_mtime_ns, after.st_ino)
    if (before.st_size, before.st_mtime_ns, before.st_ino) != seen:
        raise StillArriving
    return digest, seen


def fingerprint(path: Path, is_folder: bool) -> tuple[str, int, tuple]:
    """Return hash, size and what was seen of a delivery's files.

    Raises:
        Refused: Something in it is not a plain file.
        StillArriving: It changed meanwhile.
    """
    if not is_folder:
        with open_regular(path) as stream:
            digest, seen = _hashed(stream)
        return digest, seen[0], ((path.name, *seen),)
    parts = FolderParts(path)
    found, lines = [], []
    for name in parts.names[:ENTRIES_LIMIT]:
        with parts.open_packed(name) as stream:
            digest, seen = _hashed(stream)
        found.append((name, *seen))
        lines.append(f"{name}\0{digest}\n")
    whole = sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()
    return whole, sum(size for _, size, _, _ in found), tuple(found)


def has_changed(delivery: Delivery) -> bool:
    """Say whether any file of a delivery differs from when it was hashed."""
    for name, size, modified, inode in delivery.seen:
        path = delivery.path / name if delivery.is_folder else delivery.path
        try:
            now = os.stat(path, follow_symlinks=False)
        except OSError:
            return True
        if (now.st_size, now.st_mtime_ns, now.st_ino) != (size, modified, inode):
            return True
    return False


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _faulty(
    department: str, path: Path, fault: Refused, feed: Feed | None = None
) -> Delivery:
    """Return a delivery that cannot be read, known by what speaks against it."""
    fault.named(department, path.name)
    text = f"{department}/{path.name}: {fault.rule}: {fault.reason}"
    mark = sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
    is_folder = _is_folder(path)
    return Delivery(department, path.name, path, feed, is_folder, mark, 0, fault=fault)


def _delivery(department: str, path: Path, feed: Feed) -> Delivery:
    is_folder = _is_folder(path)
    try:
        digest, size, seen = fingerprint(path, is_folder)
        sidecar = _sidecar(path)
        if sidecar and sidecar.sha256 and sidecar.sha256 != digest:
            reason = "its hash is not the one its manifest promises; send both again"
            raise Refused("sidecar_sha256", reason)
    except Refused as refused:
        return _faulty(department, path, refused, feed)
    return Delivery(
        department, path.name, path, feed, is_folder, digest, size, seen, sidecar
    )


def _is_arriving(path: Path) -> bool:
    """Say whether a folder holds a file that is still being written."""
    try:
        return _is_folder(path) and any(n.endswith(ARRIVING) for n in os.listdir(path))
    except OSError:
        return False


def _strays(landing: Path, known: list[str]) -> Iterator[Delivery]:
    """Yield what lies beside the departments' folders, so that nobody overlooks it."""
    for name in sorted(os.listdir(landing)):
        path = landing / name
        if is_ignored(name) or (name in known and _is_folder(path)):
            continue
        reason = f"it lies in no department's folder ({', '.join(known)})"
        if name in known:
            reason = "it is a link or a file, not the department's folder"
        yield _faulty("unknown", path, Refused("no_department", reason))


def deliveries(
    landing: Path,
    departments: Collection[str] | None = None,
    feeds: Collection[str] | None = None,
) -> Iterator[Delivery]:
    """Yield what lies in the landing folder, by department and name.

    What is still arriving is passed over; the next run finds it. With ``feeds``, what
    belongs to no feed is passed over too: it is reported when all are asked.
    """
    known = sorted({feed.department for feed in FEEDS})
    if feeds is None and departments is None:
        yield from _strays(landing, known)
    for department in known:
        folder = landing / department
        wanted = departments is None or department in departments
        if not wanted or not _is_folder(folder):
            continue
        for name in sorted(os.listdir(folder)):
            if is_ignored(name) or name.endswith(SIDECAR):
                continue
            path = folder / name
            if _is_arriving(path):
                continue
            try:
                feed = recognised(department, path)
            except Refused as refused:
                if feeds is None:
                    yield _faulty(department, path, refused)
                continue
            if feeds is not None and feed.name not in feeds:
                continue
            try:
                yield _delivery(department, path, feed)
            except StillArriving:
                continue
