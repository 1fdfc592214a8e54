"""Read a piece of NDJSON quickly where every line of it is a plain resource.

Belongs here: the short way, and what tells that it may not be gone. Does not belong
here: what is wrong with a line (``fhir_lines``): its way is the long one, and where
both can be gone they lead to the same rows.

To write a resource as JSON costs four times as much when they are written one by one.
"""

from collections.abc import Sequence

import orjson

from dagster_project.departments import fhir_lines
from dagster_project.departments.agreed import cut_document
from dagster_project.departments.errors import Refused
from dagster_project.departments.fhir_lines import DELETED, Parsed, Wanted
from dagster_project.departments.fhir_release import form_of
from dagster_project.departments.ndjson import Piece
from dagster_project.departments.strict_json import are_kept, is_plain

TOGETHER = 32
"""Resources written together: of hundreds the first have left the processor's cache
before the last is read, and the whole takes half as long again."""
BETWEEN, CUT = orjson.Fragment(b"\n"), b",\n,"
"""What is written between two documents: inside of one a line end is an escape."""


class _LongWay(Exception):
    """A line asks for a closer look."""


def parsed(wanted: Wanted, piece: Piece) -> Parsed:
    """Read the lines of a piece, the short way if it can be gone."""
    if wanted.table.source != DELETED and is_plain(piece.text):
        try:
            return _shortly(wanted, piece)
        except (_LongWay, Refused, orjson.JSONDecodeError, orjson.JSONEncodeError):
            pass  # the long way says what it is, and where
    return fhir_lines.parsed(wanted, piece)


def _shortly(wanted: Wanted, piece: Piece) -> Parsed:
    """Return what a piece holds, if no line asks for a closer look."""
    lines = piece.lines
    columns = {"resource": [], "id": [], "last_updated": []}
    into = Parsed(columns, count=len(lines))
    written = [
        _add(wanted, piece.first + at, lines[at : at + TOGETHER], into)
        for at in range(0, len(lines), TOGETHER)
    ]
    if not are_kept(piece.text, written):
        raise _LongWay
    return fhir_lines.finished(wanted.table, into)


def _add(wanted: Wanted, first: int, lines: Sequence[bytes], into: Parsed) -> bytes:
    """Add some lines, and return all that they say as it is written again."""
    table, kind, columns = wanted.table, wanted.kind, into.columns
    ids, updated, release = columns["id"], columns["last_updated"], form_of(kind)
    resources = [orjson.loads(text) for text in lines]
    written = orjson.dumps(resources)  # before anything goes down into one too deep
    documents = []
    for line, resource in enumerate(resources, first):
        if not isinstance(resource, dict) or resource.get("resourceType") != kind:
            raise _LongWay
        if release(resource):
            raise _LongWay
        document = cut_document(table, resource, into.found)
        if document is None:
            into.outside += 1
            continue
        meta = resource.get("meta")
        told = meta.get("lastUpdated") if isinstance(meta, dict) else None
        documents += (document, BETWEEN)
        key = resource.get("id")  # text_of, without calling it a million times
        ids.append(key if isinstance(key, str) and key.isprintable() else None)
        updated.append(told if isinstance(told, str) and told.isprintable() else None)
        into.where.append(line)
    if documents:
        columns["resource"] += orjson.dumps(documents)[1 : -len(CUT)].split(CUT)
    return written
