"""What a FHIR bulk export says about itself: its manifest, or what stands in for one.

Belongs here: which files there are, what they hold, when the export was made. Does not
belong here: the resources (``fhir``).

HL7 FHIR Bulk Data Access 2.0 returns a manifest with every export; it is the answer of
a web server, though, and whoever saves only the files has none. Public sample exports
come so. Then the files tell their own type, the export log or the resources the time,
and the export counts as a full one: nothing says that it left anything out.
"""

import json
import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, unquote, urlsplit

from dagster_project.departments import bundle_entries, ndjson
from dagster_project.departments.clocks import utc
from dagster_project.departments.errors import Refused
from dagster_project.departments.row_rules import LAST_DAY
from dagster_project.departments.rows import Source
from dagster_project.departments.strict_json import RepeatedKey, decode

MANIFEST = "manifest.json"
MANIFEST_LIMIT = 1 << 20
"""Bytes: a manifest lists files, some hundreds at most."""
FIRST_LINE = 1 << 20
"""Bytes of a file's first line that are read to tell its type."""
LOG = "log.ndjson"
"""The export log of SMART on FHIR's cumulus-etl and bulk-data-client."""
LINES = (".ndjson", ".jsonl")
TYPED = re.compile(
    r"(patient|encounter|procedure|condition|servicerequest|consent)"
    r"(?![a-z]).*\.(json|txt)"
)
"""Some servers' clients save the lines under the type's name and another ending."""
LOG_LIMIT = 64 << 20
BUNDLE = "Bundle"
"""The type of a file that holds resources of all types."""
PARTS = ("output", "deleted", "error")
"""The lists of a manifest that name files."""
PART_OF = {"deleted": "deleted", "OperationOutcome": "error"}
"""What a file holds to its list, where that is not ``output``."""
RESOURCE_TYPE = re.compile(rb'"resourceType"\s*:\s*"([A-Za-z]+)"')
LAST_UPDATED = re.compile(rb'"last(?:Updated|Modified)"\s*:\s*"([^"]{10,40})"')
"""When a resource was changed, and in a Bundle when it was deleted."""
READ, WIDE = 1 << 20, 100
"""Bytes per read in search of it, and bytes it may take: a file may be one line."""


def unpacked_name(path: str) -> str:
    """Return a file's name without folder and ``.gz``, as manifests list it."""
    return re.sub(r"(?i)\.gz$", "", path.rsplit("/", 1)[-1])


def is_resources(path: str) -> bool:
    """Say whether a file holds resources, by its name.

    >>> is_resources("Patient.000.ndjson.gz"), is_resources("patient_1.json")
    (True, True)
    >>> is_resources("manifest.json"), is_resources("log.ndjson")
    (False, False)
    """
    name = unpacked_name(path).lower()
    if name in (LOG, MANIFEST):
        return False
    is_typed = TYPED.fullmatch(name) and not name.endswith(".manifest.json")
    return bool(name.endswith(LINES) or is_typed)


def is_by_line(path: str) -> bool:
    """Say whether a file is NDJSON by its name, and not one document.

    >>> is_by_line("Bundle.000.ndjson.gz"), is_by_line("Lucía_Ng.json")
    (True, False)
    """
    return unpacked_name(path).lower().endswith(LINES)


def is_json(path: str) -> bool:
    """Say whether a file is one JSON document by its name."""
    return unpacked_name(path).lower().endswith(".json")


def is_bundle(source: Source, name: str) -> bool:
    """Say whether a file that no name tells of is a Bundle."""
    if not is_json(name):
        return False
    with source.parts.open(name) as stream:
        return bundle_entries.begins(stream.read(FIRST_LINE))


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
        for entry in _entries(source, deletions=bool(listed["deleted"]))
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
    entries = list(_entries(source, deletions=False))
    if not entries:
        reason = f"there is neither {MANIFEST} nor an NDJSON file with resources"
        raise Refused("manifest_missing", reason)
    time, told_by = _time(source, [entry["name"] for entry in entries])
    return {
        "transactionTime": time,
        "told_by": told_by,
        "output": entries,
    }


def _entries(source: Source, *, deletions: bool) -> Iterator[dict[str, str]]:
    """Yield an entry for each file with resources, its type told by its beginning.

    Args:
        source: The delivery.
        deletions: Whether some files are lists of deletions, which are Bundles too.
    """
    names = source.parts.names
    for name in names:
        is_other = not (is_resources(name) or len(names) == 1)
        if is_other and not is_json(name):
            continue
        with source.parts.open(name) as stream:
            head = stream.read(FIRST_LINE)
        first, base = head.partition(b"\n")[0], unpacked_name(name)
        if bundle_entries.begins(head):
            kind = "deleted" if deletions and b'"DELETE"' in first else BUNDLE
            yield {"type": kind, "url": quote(base), "name": name}
            continue
        if is_other or not first.strip():
            continue
        told = _type_of(first)
        if not told and not is_by_line(name):
            reason = "it is JSON over several lines; send NDJSON, one resource a line"
            raise Refused("not_ndjson", reason, member=name)
        kind = told or base.split(".")[0]
        yield {"type": kind, "url": quote(base), "name": name}


def _type_of(first: bytes) -> str:
    """Return the type of the resource on a file's first line, "" if there is none.

    What is contained in it may stand before its own type.
    """
    try:
        resource = json.loads(first)
    except (ValueError, RecursionError):  # cut off at the limit, or over several lines
        told = RESOURCE_TYPE.search(first)
        return told[1].decode() if told else ""
    kind = resource.get("resourceType") if isinstance(resource, dict) else ""
    return kind if isinstance(kind, str) else ""


def _time(source: Source, names: list[str]) -> tuple[str, str]:
    """Return when an export without manifest was made, and who says so."""
    logs = [n for n in source.parts.names if unpacked_name(n).lower() == LOG]
    for name in logs:
        with source.parts.open(name) as stream:
            lines = stream.read(LOG_LIMIT).splitlines()
        told = [time for line in lines if (time := _logged(line))]
        if told:
            return told[-1], "export log"
    # A clock that runs ahead in one record must not date the export.
    last_day = LAST_DAY.get() or "9999"
    told = (time for name in names for time in _updated(source, name))
    newest = max((time for time in told if time[:10] <= last_day), default="")
    if newest:
        return newest, "newest lastUpdated"
    return source.modified.isoformat() if source.modified else "", "file time"


def _logged(line: bytes) -> str:
    """Return the transaction time in one line of an export log, '' if it has none."""
    try:
        event = json.loads(line)
        time = event["eventDetail"]["transactionTime"]
    except (ValueError, RecursionError, KeyError, TypeError):
        return ""
    return time if utc(str(time), is_local=False) else ""


def _updated(source: Source, name: str) -> Iterator[str]:
    """Yield the update times in a file of resources, as UTC so that they compare."""
    with source.parts.open(name) as stream:
        text = b""
        while data := stream.read(READ):
            text = text[-WIDE:] + data  # one may stand across two reads
            for found in LAST_UPDATED.finditer(text):
                moment = utc(found[1].decode(errors="replace"), is_local=False)
                if moment:
                    yield moment.isoformat()
