"""List what the departments put into the landing folder, and fingerprint it.

Belongs here: names and hashes. Does not belong here: what is still arriving
(``arriving``), what a manifest promises (``sidecar``), what is inside a delivery (the
readers), what was taken before (``ledger``).

A delivery is one file or one folder under ``<landing>/<department>/``, directly or on
a shelf there (``shelves``).
"""

import os
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from hashlib import file_digest, sha256
from pathlib import Path

from dagster_project.departments import sidecar
from dagster_project.departments.archives import (
    ARRIVING,
    ENTRIES_LIMIT,
    FolderParts,
    is_ignored,
    open_regular,
)
from dagster_project.departments.arriving import settled
from dagster_project.departments.errors import Refused
from dagster_project.departments.feed import Feed
from dagster_project.departments.feeds import FEEDS
from dagster_project.departments.recognise import recognised
from dagster_project.departments.shelves import Found, found_in
from dagster_project.departments.sidecar import SIDECAR, Sidecar


@dataclass(frozen=True)
class Delivery:
    """One file or folder that a department put down.

    Attributes:
        department: Folder it lies in.
        name: Its path from the department's folder, mostly its own name.
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
    department: str,
    path: Path,
    fault: Refused,
    feed: Feed | None = None,
    name: str = "",
) -> Delivery:
    """Return a delivery that cannot be read, known by what speaks against it."""
    name = name or path.name
    fault.named(department, name)
    text = f"{department}/{name}: {fault.rule}: {fault.reason}"
    mark = sha256(text.encode("utf-8", "surrogateescape")).hexdigest()
    is_folder = _is_folder(path)
    return Delivery(department, name, path, feed, is_folder, mark, 0, fault=fault)


def _delivery(department: str, found: Found, feed: Feed) -> Delivery:
    path, is_folder = found.path, _is_folder(found.path)
    try:
        digest, size, seen = fingerprint(path, is_folder)
        promise = sidecar.read(found.beside)
        if promise and promise.sha256 not in (None, digest):
            reason = "its hash is not the one its manifest promises; send both again"
            raise Refused("sidecar_sha256", reason)
    except Refused as refused:
        return _faulty(department, path, refused, feed, found.name)
    return Delivery(
        department, found.name, path, feed, is_folder, digest, size, seen, promise
    )


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


def _alone(department: str, folder: Path, names: list[str]) -> Iterator[Delivery]:
    """Yield the manifests whose delivery is neither there nor on its way."""
    there = set(names)
    for name in names:
        base = name.removesuffix(SIDECAR)
        coming = {base, *(base + ending for ending in ARRIVING)}
        if base != name and not coming & there:
            reason = f"it promises {base!r}, which is not here; send it"
            yield _faulty(department, folder / name, Refused("sidecar_alone", reason))


def deliveries(
    landing: Path,
    departments: Collection[str] | None = None,
    feeds: Collection[str] | None = None,
    *,
    strays: bool | None = None,
) -> Iterator[Delivery]:
    """Yield what lies in the landing folder, by department and name.

    What is still arriving is passed over; the next run finds it.

    Args:
        landing: The folder that holds one folder per department.
        departments: Departments to look at, all if None.
        feeds: Feeds whose deliveries are wanted, all if None.
        strays: Whether to yield what belongs to no feed, each with its fault; unless
            told, when all feeds are wanted.
    """
    strays = feeds is None if strays is None else strays
    known = sorted({feed.department for feed in FEEDS})
    if strays and departments is None:
        yield from _strays(landing, known)
    for department in known:
        folder = landing / department
        wanted = departments is None or department in departments
        if not wanted or not _is_folder(folder):
            continue
        names = sorted(os.listdir(folder))
        if strays:
            yield from _alone(department, folder, names)
        named = [n for n in names if not (is_ignored(n) or n.endswith(SIDECAR))]
        there = list(found_in(department, folder, named))
        yield from _of_folder(department, there, feeds, strays)


def _of_folder(
    department: str, there: list[Found], feeds: Collection[str] | None, strays: bool
) -> Iterator[Delivery]:
    at_rest = set(settled(found.path for found in there))
    for found in there:
        if found.path not in at_rest:
            continue
        try:
            if found.fault:
                raise found.fault
            feed = recognised(department, found.path)
        except Refused as refused:
            if strays:
                yield _faulty(department, found.path, refused, name=found.name)
            continue
        if feeds is not None and feed.name not in feeds:
            continue
        try:
            yield _delivery(department, found, feed)
        except StillArriving:
            continue
