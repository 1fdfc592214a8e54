"""Turn the entries of FHIR Bundles into rows: resources of all types, and deletions.

Belongs here: which entries are records, what they are called, what their references
point at. Does not belong here: bytes to entries (``bundle_entries``), which files are
Bundles (``fhir_files``), what may land of a resource (``fhir_lines``).

Source: HL7 FHIR R4, Bundle: the answer to a search may hold an ``outcome``; in a
history an entry of method ``DELETE`` tells a deletion, and the newest version stands
first; a reference may be the ``fullUrl`` of the entry that it means.
"""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import BytesIO

from dagster_project.departments import bundle_entries, fhir_lines, fhir_release, ndjson
from dagster_project.departments.bundle_entries import HISTORY
from dagster_project.departments.bundle_names import (
    Known,
    Resource,
    inside,
    key_of,
    known_of,
    pointed,
)
from dagster_project.departments.errors import Refused
from dagster_project.departments.feed import Table
from dagster_project.departments.fhir_files import is_by_line
from dagster_project.departments.fhir_lines import DELETED, KIND, Parsed
from dagster_project.departments.rows import Source

ENTRIES, SIZE = 2_000, 4 << 20
"""Entries that are read before their rows are handed on, or bytes in them."""
NOT_ONE = "not_a_resource", "the entry holds no resource"
"""Rule and reason for an entry in which nothing is found."""
OUTCOME, NO_RESOURCE = "search_outcome", "entry_without_resource"
"""Rules under which entries are counted that hold no record."""


@dataclass(frozen=True)
class Entry:
    """One entry, or a line that is no Bundle.

    Attributes:
        bundle: Which Bundle of the file it stands in.
        line: Line that it begins on.
        text: Its bytes.
        known: What references inside its Bundle mean.
        is_history: Its Bundle is a history, which is written newest first.
        fault: Why its line is none.
    """

    bundle: int
    line: int
    text: bytes
    known: Known
    is_history: bool = False
    fault: Refused | None = None


class Filling:
    """The rows of some entries, table by table.

    Attributes:
        tables: Raw table and what fills it.
        left_out: Rule to the entries that are only counted.
        is_history: The entries are of a history, newest first.
    """

    def __init__(
        self, tables: Iterable[Table], moment: str, *, is_history: bool = False
    ) -> None:
        self._moment, self.is_history = moment, is_history
        self.tables = {
            t.source: (t, Parsed({c: [] for c in fhir_lines.COLUMNS})) for t in tables
        }
        self.left_out: Counter[str] = Counter()
        self._entries = self._size = 0

    @property
    def is_full(self) -> bool:
        """Say whether it is time to hand the rows on."""
        return self._entries >= ENTRIES or self._size >= SIZE

    def add(self, entry: Entry) -> None:
        """Add what an entry holds."""
        self._entries += 1
        self._size += len(entry.text)
        if entry.fault:
            self._hold(entry, entry.fault.rule, entry.fault.reason, "a line")
            return
        value, rule, reason = fhir_lines.decoded(entry.text, "the entry")
        if value is None:
            self._hold(entry, rule, reason)
        else:
            self._add(entry, value)

    def _hold(self, entry: Entry, rule: str, reason: str, what: str = "an entry"):
        """Hold back what makes no row; nobody knows the table it was meant for."""
        table, into = next(iter(self.tables.values()))
        size = len(entry.text)
        into.held.append(fhir_lines.held(table, entry.line, size, rule, reason, what))

    def _add(self, entry: Entry, value: Resource) -> None:
        request, answer = inside(value, "request"), inside(value, "response")
        resource = value.get("resource")
        if inside(value, "search").get("mode") == "outcome":
            self.left_out[OUTCOME] += 1
        elif str(request.get("method")).upper() == "DELETE":
            when = fhir_lines.text_of(answer.get("lastModified")) or self._moment
            table, into = self.tables[DELETED]
            fhir_lines.add_deletion(table, value, when, entry.line, into)
        elif resource is None and (request or answer):
            self.left_out[NO_RESOURCE] += 1
        elif not isinstance(resource, dict):
            self._hold(entry, *NOT_ONE)
        elif resource.get("resourceType") == "Bundle":
            self._add_inner(entry, resource)
        else:
            self._add_resource(entry, value, resource)

    def _add_inner(self, entry: Entry, bundle: Resource) -> None:
        """Add the entries of a Bundle in a Bundle, the answers to several searches."""
        inner = bundle.get("entry") or []
        for value in inner if isinstance(inner, list) else [inner]:
            if isinstance(value, dict):
                self._add(entry, value)
            else:
                self._hold(entry, *NOT_ONE)

    def _add_resource(self, entry: Entry, value: Resource, resource: Resource) -> None:
        kind = resource.get("resourceType")
        if not isinstance(kind, str) or not KIND.fullmatch(kind):
            reason = "the resource of the entry does not say its resourceType"
            self._hold(entry, "resource_type", reason)
            return
        if kind not in self.tables or kind == DELETED:
            self.left_out[f"resource_not_taken: {kind}"] += 1
            return
        if reason := fhir_release.other_release(kind, resource):
            self._hold(entry, fhir_release.RULE, reason)
            return
        table, into = self.tables[kind]
        if key := key_of(value, resource):
            resource = {**resource, "id": key}
        if entry.known:
            resource = pointed(resource, entry.bundle, entry.known)
        try:
            is_in = fhir_lines.add(table, resource, entry.line, into)
        except Refused as refused:
            refused.line = entry.line
            raise
        into.outside += not is_in
        updated = into.columns["last_updated"]
        if is_in and updated[-1] is None:
            told = inside(value, "response").get("lastModified")
            updated[-1] = fhir_lines.text_of(told)


def _of_file(source: Source, name: str) -> Iterator[Entry]:
    """Yield the entries of a file; a reference may stand before what it means."""
    types: dict[int, bytes] = {}
    with source.parts.open(name) as stream:
        known = known_of(bundle_entries.entries(stream, types))
    histories = {bundle for bundle, kind in types.items() if kind == HISTORY}
    with source.parts.open(name) as stream:
        for bundle, line, text in bundle_entries.entries(stream):
            yield Entry(bundle, line, text, known, bundle in histories)


def _of_lines(source: Source, name: str) -> Iterator[Entry]:
    """Yield the entries of a file each line of which is a Bundle."""
    with source.parts.open(name) as stream:
        for piece in ndjson.pieces(stream, name, is_whole=source.is_proven_whole):
            for line, text in enumerate(piece.lines, piece.first):
                if not text or text.isspace():
                    continue
                types: dict[int, bytes] = {}
                try:
                    found = list(bundle_entries.entries(BytesIO(text), types))
                except Refused as fault:
                    if not piece.is_ended:
                        reason = "the last line is cut off; send the export again"
                        raise Refused("torn", reason, line=line) from None
                    yield Entry(0, line, text, {}, fault=fault)
                    continue
                known = known_of(found)
                for at, _, entry in found:
                    yield Entry(at, line, entry, known, types[at] == HISTORY)


def read(source: Source, name: str, moment: str) -> Iterator[Filling]:
    """Yield what the Bundles of a file hold, some thousand entries at a time.

    Args:
        source: The delivery.
        name: The file.
        moment: When a deletion counts as made that does not say so itself.

    Raises:
        Refused: The file is no Bundle or cut off, or holds what nobody agreed on.
    """
    entries = _of_lines if is_by_line(name) else _of_file
    filling = Filling(source.feed.tables, moment)
    try:
        for entry in entries(source, name):
            if filling.is_full or filling.is_history != entry.is_history:
                yield filling
                tables, is_history = source.feed.tables, entry.is_history
                filling = Filling(tables, moment, is_history=is_history)
            filling.add(entry)
    except Refused as refused:
        raise refused.named("", "", name) from refused.__cause__
    yield filling
