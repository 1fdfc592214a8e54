"""Turn the lines of one FHIR file into rows: each a resource, or a list of deletions.

Belongs here: lines to columns of text, which lines are none. Does not belong here: the
files (``fhir``), bytes to lines (``ndjson``), what is inside a resource (staging).

Source: HL7 FHIR Bulk Data Access 2.0: NDJSON, one resource a line; a file of deletions
holds Bundles whose entries say ``DELETE Patient/123``.
"""

import json
import re
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import orjson
import pyarrow as pa

from dagster_project.departments import fhir_release
from dagster_project.departments.agreed import cut_document
from dagster_project.departments.errors import Refused
from dagster_project.departments.feed import Table
from dagster_project.departments.ndjson import Piece
from dagster_project.departments.rows import QuarantinedRow
from dagster_project.departments.strict_json import (
    RepeatedKey,
    TooLarge,
    decode,
    is_plain,
)

Read = tuple[dict[str, Any] | None, str, str]
"""An object, or else the rule and reason for which its text is held back."""
KIND = re.compile(r"[A-Za-z]{1,40}")
HALF = re.compile("[\ud800-\udfff]")
CR_ENDS = re.compile(rb"}\r[ \t]*{")
OPENED = re.compile(rb'\s*\{[ \t\r]*\n\s*"')
"""How a resource begins that a program wrote for people to read."""
SPREAD = (
    "its resources are written over several lines each; send NDJSON, one resource a "
    "line"
)
NO_DELETION = (
    "not_a_deletion",
    "an entry is no deletion: its request must be DELETE of one resource (Patient/123)",
)
"""Rule and reason."""
DELETED = "deleted"
"""Source of the table of deletions."""
COLUMNS = ("resource_type", "id", "last_updated", "resource", "deleted_at")
"""Columns of the tables of resources and of the one of deletions."""


@dataclass(frozen=True)
class Wanted:
    """What the lines of a file are read as.

    Attributes:
        table: Table they fill.
        moment: Transaction time of the export, when deletions count as made.
        name: Name of the file, for what is said of it.
    """

    table: Table
    moment: str
    name: str

    @property
    def kind(self) -> str:
        """Return the type of resource a line must hold."""
        return "Bundle" if self.table.source == DELETED else self.table.source


@dataclass
class Parsed:
    """What a piece holds.

    Attributes:
        columns: Column to the texts of the rows.
        where: Line of each row.
        held: Lines that make no row.
        found: Elements that nobody agreed on to the resources that held some.
        count: Lines that are not blank.
        outside: Lines that stay outside and are only counted.
        fault: What refuses the export; nothing after it was read.
    """

    columns: dict[str, Any]
    where: list[int] = field(default_factory=list)
    held: list[QuarantinedRow] = field(default_factory=list)
    found: Counter[str] = field(default_factory=Counter)
    count: int = 0
    outside: int = 0
    fault: Refused | None = None


def decoded(text: bytes, what: str, *, plain: bool | None = None) -> Read:
    """Return the object that a text holds, or the rule and reason that hold it back.

    Args:
        text: The text.
        what: What it is to a steward: the line, the entry.
        plain: See ``decode``.
    """
    try:
        resource = decode(text, plain=plain)
    except UnicodeDecodeError:
        return None, "encoding", f"{what} is not UTF-8"
    except RepeatedKey:
        return None, "repeated_key", f"a key stands twice in one object of {what}"
    except TooLarge as fault:
        return None, "number_too_large", str(fault).replace(" it ", f" {what} ")
    except ValueError as fault:
        return None, "not_json", f"{what} is not JSON ({str(fault)[:80]})"
    if not isinstance(resource, dict):
        return None, "not_a_resource", f"{what} is not a JSON object"
    return resource, "", ""


def _resource(line: bytes, wanted: str, plain: bool) -> Read:
    """Return a resource, or the rule and reason that hold its line back."""
    resource, rule, reason = decoded(line, "the line", plain=plain or None)
    if resource is None:
        return None, rule, reason
    kind = resource.get("resourceType")
    if kind != wanted:
        told = kind if isinstance(kind, str) and KIND.fullmatch(kind) else "no type"
        return None, "resource_type", f"resourceType is {told}, the file holds {wanted}"
    if reason := fhir_release.other_release(wanted, resource):
        return None, fhir_release.RULE, reason
    return resource, "", ""


def held(
    table: Table, line: int, size: int, rule: str, reason: str, what: str = "a line"
) -> QuarantinedRow:
    """Return what is kept of a text that makes no row."""
    # What cannot be read cannot be cut down to what was agreed, so none of it is kept.
    original = f"({what} of {size:,} bytes, not kept)"
    column = "resourceType" if rule == "resource_type" else "resource"
    return QuarantinedRow(table.name, line, column, rule, reason, original)


def text_of(value: Any) -> str | None:
    """Return a text; what is none, or holds half a character, is nothing."""
    is_text = isinstance(value, str) and value.isprintable()
    return value if is_text else None


def _document(kept: dict) -> bytes:
    """Return what may land of a resource as text.

    Half of a character, whose escape JSON may write and DuckDB does not read, becomes
    that escape spelled out, as in a row of any other feed.
    """
    try:
        return orjson.dumps(kept)
    except orjson.JSONEncodeError:  # or it has a number of more than 64 bits
        text = json.dumps(kept, ensure_ascii=False, separators=(",", ":"))
        return HALF.sub(_spelled_out, text).encode()


def _spelled_out(half: re.Match[str]) -> str:
    return f"\\\\u{ord(half[0]):04x}"


def add(table: Table, resource: dict, line: int, into: Parsed) -> bool:
    """Add a resource; return whether it entered and did not stay outside."""
    kept = cut_document(table, resource, into.found)
    if kept is None:
        return False
    meta = resource.get("meta")
    updated = meta.get("lastUpdated") if isinstance(meta, dict) else None
    columns = into.columns
    columns["resource"].append(_document(kept))
    columns["id"].append(text_of(resource.get("id")))
    columns["last_updated"].append(text_of(updated))
    into.where.append(line)
    return True


def _add_deletions(
    table: Table, bundle: dict, moment: str, line: int, into: Parsed
) -> None:
    """Add a row for each deletion that a line lists."""
    entries = bundle.get("entry") or []
    for entry in entries if isinstance(entries, list) else [entries]:
        add_deletion(table, entry, moment, line, into)


def add_deletion(
    table: Table, entry: Any, moment: str, line: int, into: Parsed
) -> None:
    """Add a row for a deletion; an entry that tells none waits."""
    request = entry.get("request") if isinstance(entry, dict) else None
    request = request if isinstance(request, dict) else {}
    url = str(request.get("url", "")).split("?")[0]
    path = url.partition("/_history/")[0].split("/")
    is_deletion = str(request.get("method")).upper() == "DELETE" and len(path) >= 2
    kind, key = map(text_of, path[-2:]) if is_deletion else (None, None)
    if not kind or not key:
        size = len(json.dumps(entry))
        into.held.append(held(table, line, size, *NO_DELETION, what="an entry"))
        return
    into.columns["resource_type"].append(kind)
    into.columns["id"].append(key)
    into.columns["deleted_at"].append(moment)
    into.where.append(line)


def parsed(wanted: Wanted, piece: Piece) -> Parsed:
    """Read the lines of a piece."""
    table, kind = wanted.table, wanted.kind
    into = Parsed({column: [] for column in COLUMNS})
    plain = is_plain(piece.text)
    for line, text in enumerate(piece.lines, piece.first):
        if not text or text.isspace():
            continue
        into.count += 1
        resource, rule, reason = _resource(text, kind, plain)
        if resource is None:
            size = len(text) + 1  # its end counts as a byte
            into.held.append(held(table, line, size, rule, reason))
            if into.count == 1 and OPENED.match(piece.text):
                into.fault = Refused(
                    "not_ndjson", SPREAD, member=wanted.name, line=line
                )
                break
        elif table.source == DELETED:
            _add_deletions(table, resource, wanted.moment, line, into)
        else:
            try:
                into.outside += not add(table, resource, line, into)
            except Refused as refused:
                refused.line = line
                into.fault = refused.named("", "", wanted.name)
                break
    is_torn = into.held and into.held[-1].rule == "not_json" and not piece.is_ended
    if is_torn and not into.fault:
        reason = "the last line is cut off; send the export again"
        into.fault = Refused("torn", reason, member=wanted.name, line=piece.first)
        if CR_ENDS.search(piece.text):
            reason = "its lines end in CR alone; end them in LF, as NDJSON does"
            into.fault = Refused("not_ndjson", reason, member=wanted.name, line=1)
    return finished(table, into)


def finished(table: Table, into: Parsed) -> Parsed:
    """Return what was read with its columns as a table holds them."""
    if table.source != DELETED:
        into.columns["resource_type"] = [table.source] * len(into.where)
    into.columns = {
        # What orjson wrote is UTF-8, so its bytes are the text.
        column: pa.array(
            into.columns[column],
            pa.binary() if column == table.document else pa.string(),
        ).cast(pa.string())
        for column in table.columns
    }
    return into
