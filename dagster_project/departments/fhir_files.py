"""What the files of a FHIR export are, told by their names and how they begin.

Belongs here: which files hold resources, of which type. Does not belong here: what a
manifest says of them (``fhir_manifest``), their resources (``fhir``).
"""

import json
import re
from collections.abc import Iterator
from urllib.parse import quote

from dagster_project.departments import bundle_entries
from dagster_project.departments.errors import Refused
from dagster_project.departments.rows import Source

MANIFEST = "manifest.json"
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
BUNDLE = "Bundle"
"""The type of a file that holds resources of all types."""
RESOURCE_TYPE = re.compile(rb'"resourceType"\s*:\s*"([A-Za-z]+)"')


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


def entries_of(source: Source, *, deletions: bool) -> Iterator[dict[str, str]]:
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
            yield {"type": kind, "url": quote(name), "name": name}
            continue
        if is_other or not first.strip():
            continue
        told = type_of(first)
        if not told and not is_by_line(name):
            reason = "it is JSON over several lines; send NDJSON, one resource a line"
            raise Refused("not_ndjson", reason, member=name)
        kind = told or base.split(".")[0]
        yield {"type": kind, "url": quote(name), "name": name}


def type_of(first: bytes) -> str:
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
