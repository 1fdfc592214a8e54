"""Tell what an entry of a Bundle is called, and what a reference in it means.

Belongs here: ids from a ``fullUrl``, references by it. Does not belong here: which
entries are records (``fhir_bundles``).

Source: HL7 FHIR R4, Bundle, resolving references: one may be the ``fullUrl`` of the
entry that it means, mostly ``urn:uuid:`` and the id, which staging understands as well.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from dagster_project.departments import fhir_lines
from dagster_project.departments.bundle_entries import Entry
from dagster_project.departments.errors import Refused

NAMED_LIMIT = 500_000
"""Entries of one file whose name for others is not their id: they are held in memory,
and the Bundle of one patient has some thousand entries."""
URN, UUID = "urn:", "urn:uuid:"
ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

Resource = Mapping[str, Any]
Known = Mapping[tuple[int, str], str]
"""Bundle and ``fullUrl`` to the type and id of the resource that it means."""


def inside(value: Resource, key: str) -> Resource:
    """Return an object in an entry, an empty one for anything else."""
    inner = value.get(key)
    return inner if isinstance(inner, dict) else {}


def key_of(value: Resource, resource: Resource) -> Any:
    """Return the id of an entry's resource, or what its ``fullUrl`` ends in.

    In a transaction a resource has no id yet; in its Bundle it is called by its urn.
    """
    url = value.get("fullUrl")
    if "id" in resource or not isinstance(url, str):
        return resource.get("id")
    mark = ":" if url.startswith(URN) else f"/{resource.get('resourceType')}/"
    _, is_told, end = url.partition("/_history/")[0].rpartition(mark)
    return end if is_told and ID.fullmatch(end) else None


def pointed(value: Any, bundle: int, known: Known) -> Any:
    """Return a value whose references say the type and id of what they mean."""
    if isinstance(value, list):
        return [pointed(inner, bundle, known) for inner in value]
    if not isinstance(value, dict):
        return value
    found = {key: pointed(inner, bundle, known) for key, inner in value.items()}
    told = found.get("reference")
    if isinstance(told, str) and (bundle, told) in known:
        found["reference"] = known[bundle, told]
    return found


def known_of(entries: Iterable[Entry]) -> Known:
    """Return what is called by a urn that its id does not tell."""
    known: dict[tuple[int, str], str] = {}
    for bundle, line, text in entries:
        value = fhir_lines.decoded(text, "")[0] if b'"urn:' in text else None
        url = value.get("fullUrl") if value else None
        if not isinstance(url, str) or not url.startswith(URN):
            continue
        resource = inside(value, "resource")
        key = key_of(value, resource)
        if isinstance(key, str) and url != UUID + key:
            known[bundle, url] = f"{resource.get('resourceType')}/{key}"
        if len(known) > NAMED_LIMIT:
            reason = (
                f"more than {NAMED_LIMIT:,} of its entries have a fullUrl that is not "
                "their id; send a Bundle for each patient"
            )
            raise Refused("entries", reason, line=line)
    return known
