"""What a FHIR bulk export says about itself: its manifest, or what stands in for one.

Belongs here: which files an export lists, and the files that were delivered for them.
Does not belong here: what a file is (``fhir_files``), the resources (``fhir``).

HL7 FHIR Bulk Data Access 2.0 returns a manifest with every export; it is the answer of
a web server, though, and whoever saves only the files has none. Public sample exports
come so. Then the files tell their own type, the export log or the resources the time,
and the export counts as a full one: nothing says that it left anything out.
"""

from codecs import BOM_UTF8
from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import SplitResult, unquote, urlsplit

from dagster_project.departments import ndjson
from dagster_project.departments.errors import Refused
from dagster_project.departments.fhir_files import (
    BUNDLE,
    LINES,
    MANIFEST,
    entries_of,
    is_resources,
    unpacked_name,
)
from dagster_project.departments.fhir_times import told_time
from dagster_project.departments.rows import Source
from dagster_project.departments.strict_json import RepeatedKey, decode

MANIFEST_LIMIT = 1 << 20
"""Bytes: a manifest lists files, some hundreds at most."""
PARTS = ("output", "deleted", "error")
"""The lists of a manifest that name files."""
PART_OF = {"deleted": "deleted", "OperationOutcome": "error"}
"""What a file holds to its list, where that is not ``output``."""


def manifest_of(source: Source) -> dict[str, Any]:
    """Return the manifest of an export, made up from its files if it came without.

    A made-up manifest says under ``told_by`` where its time is from.

    Raises:
        Refused: There are several, it is broken, or there is nothing to make one from.
    """
    names = _manifests(source)
    if len(names) > 1:
        reason = f"a bulk export has one {MANIFEST}; this has {len(names)}"
        raise Refused("manifest_missing", reason)
    if not names:
        return _made_up(source)
    with source.parts.open(names[0]) as stream:
        try:
            manifest = decode(stream.read(MANIFEST_LIMIT).removeprefix(BOM_UTF8))
        except ValueError as fault:
            is_twice = isinstance(fault, RepeatedKey)
            reason = str(fault) if is_twice else "this is not JSON"
            raise Refused("manifest", reason, member=MANIFEST) from None
    if not isinstance(manifest, dict) or not isinstance(manifest.get("output"), list):
        raise Refused("manifest", "it has no list 'output'", member=MANIFEST)
    for part in PARTS:
        if not isinstance(manifest.get(part) or [], list):
            raise Refused("manifest", f"its {part!r} is no list", member=MANIFEST)
    return _matched(manifest, source)


def _manifests(source: Source) -> list[str]:
    """Return the manifest by its name, or else what reads like one."""
    names = source.parts.names
    if named := [name for name in names if unpacked_name(name) == MANIFEST]:
        return named
    others = [n for n in names if n.lower().endswith(".json") and not is_resources(n)]
    return [name for name in others if len(names) > 1 and _is_manifest(source, name)]


def _is_manifest(source: Source, name: str) -> bool:
    with source.parts.open(name) as stream:
        text = stream.read(MANIFEST_LIMIT)
    return all(word in text for word in (b'"transactionTime"', b'"output"'))


def _matched(manifest: dict[str, Any], source: Source) -> dict[str, Any]:
    """Return a manifest whose entries lead to the files that were delivered.

    A server may list addresses that end in no file's name but a number of its own;
    whoever saves what is there names the files. They are matched by what they hold
    then, type by type.
    """
    listed = {part: manifest.get(part) or [] for part in PARTS}
    names = [_listed_name(entry) for part in PARTS for entry in listed[part]]
    found = {unpacked_name(name) for name in source.parts.names}
    if not names or any(n in found or is_resources(n or LINES[0]) for n in names):
        return manifest
    kinds = [entry.get("type") for entry in listed["output"]]
    if not all(isinstance(kind, str) for kind in kinds):
        return manifest
    entries = [
        entry | {"part": PART_OF.get(entry["type"], "output")}
        for entry in entries_of(source, deletions=bool(listed["deleted"]))
        if entry["type"] in PART_OF or entry["type"] in kinds
    ]
    for kind in dict.fromkeys(kinds):
        told = [e.get("count") for e in listed["output"] if e.get("type") == kind]
        _hold_to(kind, told, [e for e in entries if e["type"] == kind], source)
    for kind, part in PART_OF.items():
        if told := [e.get("count") for e in listed[part]]:
            _hold_to(kind, told, [e for e in entries if e["type"] == kind], source)
    return manifest | {p: [e for e in entries if e["part"] == p] for p in PARTS}


def _listed_name(entry: Any) -> str:
    """Return the name in an entry's address, "" where it has none."""
    try:
        return unpacked_name(unquote(urlsplit(entry["url"]).path))
    except (ValueError, TypeError, KeyError, AttributeError):
        return ""


def _hold_to(kind: str, told: list[Any], entries: list[dict], source: Source) -> None:
    """Refuse an export that lacks resources of a type that its manifest lists."""
    is_counted = kind != BUNDLE and all(isinstance(count, int) for count in told)
    if not entries and not (is_counted and sum(told) == 0):
        reason = f"it lists {kind[:40]!r}, and no file that was delivered holds any"
        raise Refused("file_missing", reason, member=MANIFEST)
    if not is_counted:
        return
    found = 0
    for entry in entries:
        with source.parts.open(entry["name"]) as stream:
            found += ndjson.lines(stream, entry["name"])
    if found != sum(told):
        reason = f"it counts {sum(told)} lines of {kind[:40]}, the files have {found}"
        raise Refused("row_count", reason, member=MANIFEST)


def _made_up(source: Source) -> dict[str, Any]:
    entries = list(entries_of(source, deletions=False))
    if not entries:
        reason = f"there is neither {MANIFEST} nor an NDJSON file with resources"
        raise Refused("manifest_missing", reason)
    if all(entry["type"] in PART_OF for entry in entries):
        reason = "it holds a server's answer (OperationOutcome) and no export"
        raise Refused("no_export", reason, member=entries[0]["name"])
    time, told_by = told_time(source, [entry["name"] for entry in entries])
    return {
        "transactionTime": time,
        "told_by": told_by,
        "output": entries,
    }


def split(url: str) -> SplitResult:
    """Return the parts of an address in the manifest."""
    try:
        return urlsplit(url)
    except ValueError:
        reason = "an address in it is none: a bracket stands where a server's name does"
        raise Refused("manifest", reason, member=MANIFEST) from None


def files(source: Source, manifest: dict[str, Any], part: str) -> Iterator[dict]:
    """Yield the manifest's entries of one part, each with the file it stands for."""
    called = defaultdict(list)
    for name in source.parts.names:
        called[unpacked_name(name)].append(name)
    kinds = {table.source.lower(): table.source for table in source.feed.tables}
    seen: set[str] = set()
    for entry in manifest.get(part) or ():
        if not isinstance(entry, dict):
            raise Refused(
                "manifest", f"an entry of {part!r} is no object", member=MANIFEST
            )
        if not isinstance(entry.get("type"), str) and part == "output":
            reason = "an entry of 'output' does not say what type its resources are"
            raise Refused("manifest", reason, member=MANIFEST)
        path = unquote(split(str(entry.get("url", ""))).path)
        base = unpacked_name(path)
        if base not in called:
            reason = f"{base!r} is listed in the manifest but was not delivered"
            raise Refused("file_missing", reason, member=MANIFEST)
        name = _meant(path, called[base])
        if name in seen:
            reason = f"{base!r} is listed twice under {part!r}"
            raise Refused("manifest", reason, member=MANIFEST)
        seen.add(name)
        kind = entry.get("type")
        kind = kinds.get(kind.lower(), kind) if isinstance(kind, str) else kind
        yield {**entry, "file": name, "type": kind}


def _meant(path: str, names: Sequence[str]) -> str:
    """Return the file of an address among those of its name, in whatever folders.

    Raises:
        Refused: It could be several.
    """
    if len(names) == 1:
        return names[0]
    near = [name for name in names if name == path]
    near = near or [name for name in names if _near(name) == _near(path)]
    if len(near) == 1:
        return near[0]
    reason = (
        f"{unpacked_name(path)!r} was delivered {len(names)} times, and the manifest "
        "does not say which is meant; send each export alone"
    )
    raise Refused("file_twice", reason, member=MANIFEST)


def _near(path: str) -> tuple[str, ...]:
    """Return the folder that a file lies in, and its name."""
    *folders, name = path.strip("/").split("/")
    return (*folders[-1:], unpacked_name(name))
