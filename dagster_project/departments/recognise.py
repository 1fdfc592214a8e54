"""Tell the feed of a delivery: by its declared name, or else by what it holds.

Belongs here: what each format looks like from outside, read from its first bytes.
Does not belong here: whether the delivery is right (the readers), hashes (``landing``).

A department's name for its export wins: only a name that matches no feed is looked
into. What could be two feeds' is nobody's; nothing is guessed.
"""

import codecs
import csv
import json
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from dagster_project.departments import appearance, bundle_entries
from dagster_project.departments.archives import is_archive, opened
from dagster_project.departments.csv_lines import plain
from dagster_project.departments.csv_rows import SEPARATORS
from dagster_project.departments.errors import Refused
from dagster_project.departments.feed import Feed
from dagster_project.departments.feeds import FEEDS, feed_of
from dagster_project.departments.fhir_files import (
    LOG,
    MANIFEST,
    RESOURCE_TYPE,
    is_resources,
)
from dagster_project.departments.portal import field_name
from dagster_project.departments.portal_rows import is_rows_file, named_in
from dagster_project.departments.rows import Parts
from dagster_project.departments.soda_columns import SAME_TABLE

HEAD = 64 << 10
"""Bytes read of a file: the widest header we know has 3,000, a 911 row 2,000."""
PUBLISHER = "datasf"
"""DataSF publishes the other departments' public calls too; who fetches all from there
may put all into its folder."""

EXPORT = "export.csv"
"""What makes a folder or zip an HMIS export; ``fhir_files`` knows a FHIR one."""

LOOKED_FOR = {
    "hmis": "a folder or zip of CSV files with Export.csv",
    "fhir": "a folder or zip with manifest.json, NDJSON files or FHIR Bundles (JSON), "
    "or one such file",
    "nemsis": "an XML file whose root is EMSDataSet",
}
"""Reader to what its deliveries are known by; tables are known by their key."""


def recognised(department: str, path: Path) -> Feed:
    """Return the feed that something in a department's folder belongs to.

    Raises:
        Refused: It is of no feed of this department, or could be of several.
    """
    if feed := feed_of(department, path.name):
        return feed
    candidates = _candidates(department)
    is_folder = path.is_dir() and not path.is_symlink()
    held, what = _held(path, is_folder, candidates)
    if len(held) == 1:
        return held[0]
    if held:
        told = " and of ".join(feed.name for feed in held)
        reason = f"it could be of {told}; deliver each feed on its own"
        raise Refused("ambiguous_content", reason)
    reason = (
        "no feed of this department has deliveries of this name or content: "
        f"looked for {_wanted(candidates)}; {what}"
    )
    raise Refused("unknown_name", reason)


def _held(
    path: Path, is_folder: bool, candidates: list[Feed]
) -> tuple[list[Feed], str]:
    """Return the feeds something could be of, and what it is if it is of none."""
    is_packed = not is_folder and is_archive(path)
    with opened(path, is_folder) as parts:
        if is_folder or is_packed:
            if held := _feeds_of_files(parts.names, candidates):
                return held, ""
            names = appearance.data_files(parts.names)
            if documents := _feeds_of_documents(parts, names, candidates):
                return documents, ""
            if is_folder and parts.names:
                first = appearance.of_text(_head(parts, names[0]))
                return [], f"it holds no such files; the first of them: {first}"
        names = appearance.data_files(parts.names)
        if len(names) != 1:
            what = "it is empty" if is_folder else appearance.of_archive(names)
            return [], what
        text = _head(parts, names[0])
        what = appearance.of_archive(parts.names) if is_packed else ""
        return list(_feeds_of_text(text, candidates)), what or appearance.of_text(text)


def _candidates(department: str) -> list[Feed]:
    return [
        feed
        for feed in FEEDS
        if feed.department == department
        or (department == PUBLISHER and feed.reader == "soda")
    ]


def _wanted(candidates: list[Feed]) -> str:
    """Say what was looked for, so that a steward knows what to send."""
    forms = []
    for feed in candidates:
        keys = ", ".join(feed.tables[0].key)
        kind = "CSV or JSON rows" if feed.reader == "soda" else "CSV rows"
        forms.append(LOOKED_FOR.get(feed.reader) or f"{kind} with {keys}")
    return ", or ".join(forms)


def _readers_of_files(names: Iterable[str]) -> set[str]:
    """Return the readers of exports that these could be the files of."""
    bases = {name.rsplit("/", 1)[-1].lower().removesuffix(".gz") for name in names}
    is_hmis = EXPORT in bases
    has_rows = any(base == LOG or is_resources(base) for base in bases)
    is_fhir = has_rows or (MANIFEST in bases and not is_hmis)
    marks = {"hmis": is_hmis, "fhir": is_fhir}
    return {reader for reader, is_one in marks.items() if is_one}


def is_export(names: Iterable[str]) -> bool:
    """Say whether files of these names together are one export."""
    return bool(_readers_of_files(names))


def _feeds_of_files(names: Iterable[str], candidates: list[Feed]) -> list[Feed]:
    """Return the feeds whose files these are, of whatever department."""
    readers = _readers_of_files(names)
    found = [feed for feed in FEEDS if feed.reader in readers]
    return found if any(feed in candidates for feed in found) else []


def _feeds_of_documents(
    parts: Parts, names: Sequence[str], candidates: list[Feed]
) -> list[Feed]:
    """Return the feed of an archive of documents, one for each report or patient."""
    kinds = {"nemsis": (".xml", _is_reports), "fhir": (".json", _is_bundle)}
    for feed in candidates:
        ending, is_one = kinds.get(feed.reader, ("", None))
        if is_one and names and all(name.lower().endswith(ending) for name in names):
            return [feed] if all(is_one(_head(parts, name)) for name in names) else []
    return []


def _is_reports(text: str) -> bool:
    return appearance.root_of(text) == "EMSDataSet"


def _is_bundle(text: str) -> bool:
    return bundle_entries.begins(text.encode())


def _head(parts: Parts, name: str) -> str:
    """Return how a file begins."""
    with parts.open(name) as stream:
        return _text(stream.read(HEAD))


def _text(head: bytes) -> str:
    is_wide = head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return head.decode("utf-16" if is_wide else "utf-8-sig", "replace").lstrip()


def _feeds_of_text(text: str, candidates: list[Feed]) -> Iterator[Feed]:
    """Yield the feeds that a file beginning with this text could be of."""
    if text[:1] == "<":
        is_nemsis = _is_reports(text)
        yield from (f for f in candidates if is_nemsis and f.reader == "nemsis")
        return
    if text[:1] == "{" and is_rows_file(text):
        yield from _feeds_of_rows_file(text, candidates)
        return
    if text[:1] == "{":
        first = text.split("\n", 1)[0].encode()
        is_resource = RESOURCE_TYPE.search(first) or _is_bundle(text)
        yield from (f for f in candidates if is_resource and f.reader == "fhir")
        return
    is_json, columns = text[:1] == "[", _columns(text)
    for feed in candidates:
        table, seen = feed.tables[0], columns
        if feed.reader == "soda" and not is_json:
            seen = {field_name(table, column) for column in columns}
        is_table = feed.reader == "soda" or (feed.reader == "team_log" and not is_json)
        if is_table and set(map(plain, table.key)) <= set(map(plain, seen)):
            yield feed


def _feeds_of_rows_file(text: str, candidates: list[Feed]) -> Iterator[Feed]:
    """Yield the feeds of the portal's ``rows.json``, by its dataset or its fields.

    The description of the columns may be longer than the head of the file.
    """
    datasets, fields = named_in(text)
    for feed in candidates:
        if feed.reader == "soda":
            table = feed.tables[0]
            is_named = table.source in {SAME_TABLE.get(d, d) for d in datasets}
            if is_named or set(table.key) <= {field_name(table, f) for f in fields}:
                yield feed


def _columns(text: str) -> set[str]:
    """Return the columns of the rows in a head of text, in lower case.

    Rows parted by tabs are known too, so that their reader can say what is wrong. JSON
    leaves empty fields out, so all whole rows of the head are asked.
    """
    if text[:1] == "[":
        return {key.lower() for row in _rows(text) for key in row}
    first = text.splitlines()[:1]
    mark = max((",", *SEPARATORS), key="".join(first).count)
    try:
        cells = next(csv.reader(first, delimiter=mark, strict=True), [])
    except csv.Error:
        return set()
    return {cell.strip().lower() for cell in cells}


def _rows(text: str) -> Iterator[dict]:
    decode, at = json.JSONDecoder().raw_decode, 1
    while True:
        at += len(text[at:]) - len(text[at:].lstrip(" \t\r\n,"))
        try:
            row, at = decode(text, at)
        except (ValueError, RecursionError):
            return
        if isinstance(row, dict):
            yield row
