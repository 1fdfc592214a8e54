"""Find deliveries in folders of folders: ``hsh/2026-07/export/Client.csv``.

Belongs here: which folder is a delivery and which only holds some. Does not belong
here: what a delivery is (``recognise``), hashes (``landing``).

Whoever unpacks an archive, or sorts by month, puts a folder around what was sent. Such
a shelf has no file of its own that is part of an export; what lies on it is looked at
as if it lay in the department's folder, under the name ``shelf/delivery``.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from dagster_project.departments.archives import ENTRIES_LIMIT, is_ignored
from dagster_project.departments.errors import Refused
from dagster_project.departments.feeds import feed_of
from dagster_project.departments.recognise import is_export, recognised
from dagster_project.departments.sidecar import SIDECAR

DEPTH = 3
"""Folders between the department's and a delivery: year, month, ``export``."""


@dataclass(frozen=True)
class Found:
    """Something that may be a delivery.

    Attributes:
        path: Where it lies.
        name: Its path from the department's folder.
        beside: What its manifest lies beside: itself, or the shelf around it alone.
        fault: Why it cannot be one, if so.
    """

    path: Path
    name: str
    beside: Path
    fault: Refused | None = None


def found_in(department: str, folder: Path, names: list[str]) -> Iterator[Found]:
    """Yield what lies in a department's folder, shelves opened, sorted by name."""
    for name in names:
        yield from _found(department, folder / name, name, DEPTH)


def _found(department: str, path: Path, name: str, depth: int) -> Iterator[Found]:
    inner = _on_shelf(department, path) if depth else []
    if not inner:
        yield Found(path, name, path)
        return
    told = [n for n in inner if n.endswith(SIDECAR)]
    for one in told:
        if one.removesuffix(SIDECAR) not in inner:
            reason = f"it promises {one.removesuffix(SIDECAR)!r}, which is not here"
            fault = Refused("sidecar_alone", f"{reason}; send it")
            yield Found(path / one, f"{name}/{one}", path / one, fault)
    found = [
        deeper
        for one in inner
        if one not in told
        for deeper in _found(department, path / one, f"{name}/{one}", depth - 1)
    ]
    if not os.path.lexists(path.with_name(path.name + SIDECAR)):
        yield from found
    elif len(found) == 1 and found[0].beside == found[0].path:
        yield Found(found[0].path, found[0].name, path, found[0].fault)
    else:
        reason = (
            "its manifest speaks of one delivery and the folder holds "
            f"{len(found)}; lay a manifest beside each"
        )
        yield Found(path, name, path, Refused("sidecar", reason))


def _is_folder(path: Path) -> bool:
    return path.is_dir() and not path.is_symlink()


def _on_shelf(department: str, path: Path) -> list[str]:
    """Return what lies on a shelf, nothing where a path is no shelf."""
    if not _is_folder(path):
        return []
    try:
        names = sorted(name for name in os.listdir(path) if not is_ignored(name))
    except OSError:
        return []
    if len(names) > ENTRIES_LIMIT or is_export(names):
        return []
    has_folder = any(_is_folder(path / name) for name in names)
    if has_folder:
        return names
    # Files only: an export under its declared name that lacks its telling file is for
    # its reader to refuse, and a heap of which nobody knows a piece is one heap.
    is_named = feed_of(department, path.name) is not None
    return [] if is_named or not _holds_any(department, path, names) else names


def _holds_any(department: str, path: Path, names: list[str]) -> bool:
    for name in names:
        try:
            recognised(department, path / name)
        except Refused:
            continue
        return True
    return False
