"""Tell the feed of a delivery: by its declared name, or else by what it holds.

Belongs here: what each format looks like from outside, read from its first bytes.
Does not belong here: whether the delivery is right (the readers), hashes (``landing``).

A department's name for its export wins: only a name that matches no feed is looked
into. What could be two feeds' is nobody's; nothing is guessed.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from dagster_project.departments.archives import is_archive, opened
from dagster_project.departments.errors import Refused
from dagster_project.departments.feed import Feed
from dagster_project.departments.feeds import FEEDS, feed_of

HEAD = 64 << 10
"""Bytes read of a file: the widest header we know has 3,000, a 911 row 2,000."""
PUBLISHER = "datasf"
"""DataSF publishes the other departments' public calls too; who fetches all from there
may put all into its folder."""

EXPORT, MANIFEST, RESOURCES = "export.csv", "manifest.json", ".ndjson"
"""What makes a folder or zip an HMIS or a FHIR export."""
XML_ROOT = re.compile(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)[\s/>]")
"""The first tag; comments, declarations and document types begin otherwise."""
XML_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)

LOOKED_FOR = {
    "hmis": "a folder or zip of CSV files with Export.csv",
    "fhir": "a folder or zip with manifest.json or NDJSON files",
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
    try:
        held = list(_feeds_held(path, candidates))
    except Refused as refused:
        refused.reason += f"; {_wanted(candidates)}"
        raise
    if len(held) == 1:
        return held[0]
    if held:
        told = " and of ".join(feed.name for feed in held)
        reason = f"it could be of {told}; deliver each feed on its own"
        raise Refused("ambiguous_content", reason)
    reason = "no feed of this department has deliveries of this name or content"
    raise Refused("unknown_name", f"{reason}; {_wanted(candidates)}")


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
    return "looked for " + ", or ".join(forms)


def _feeds_held(path: Path, candidates: list[Feed]) -> Iterator[Feed]:
    """Yield the feeds whose mark is on a delivery."""
    is_folder = path.is_dir() and not path.is_symlink()
    with opened(path, is_folder) as parts:
        if is_folder or is_archive(path):
            yield from _feeds_of_files(parts.names, candidates)
            return
        with parts.open(parts.names[0]) as stream:
            head = stream.read(HEAD)
    text = head.decode("utf-8-sig", "replace").lstrip()
    if text[:1] == "<":
        root = XML_ROOT.search(XML_COMMENT.sub("", text))
        is_nemsis = root and root[1] == "EMSDataSet"
        yield from (f for f in candidates if is_nemsis and f.reader == "nemsis")
        return
    is_json, columns = text[:1] == "[", _columns(text)
    for feed in candidates:
        is_table = feed.reader == "soda" or (feed.reader == "team_log" and not is_json)
        if is_table and {key.lower() for key in feed.tables[0].key} <= columns:
            yield feed


def _feeds_of_files(names: Iterable[str], candidates: list[Feed]) -> Iterator[Feed]:
    """Yield the feeds whose files these are, of whatever department."""
    bases = {name.rsplit("/", 1)[-1].lower() for name in names}
    holds_rows = any(base.endswith(RESOURCES) for base in bases)
    marks = {"hmis": EXPORT in bases, "fhir": holds_rows or MANIFEST in bases}
    if marks["hmis"] and not holds_rows:
        marks["fhir"] = False
    found = [feed for feed in FEEDS if marks.get(feed.reader)]
    if any(feed in candidates for feed in found):
        yield from found


def _columns(text: str) -> set[str]:
    """Return the columns of the rows in a head of text, in lower case.

    JSON leaves empty fields out, so all whole rows of the head are asked.
    """
    if text[:1] == "[":
        return {key.lower() for row in _rows(text) for key in row}
    first = text.splitlines()[:1]
    try:
        cells = next(csv.reader(first, strict=True), [])
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
