"""Cut a FHIR Bundle into its entries, however large it is.

Belongs here: bytes to the bytes of entries with their lines, what tells that a file is
no Bundle. Does not belong here: what an entry holds (``fhir_bundles``).

Only brackets and texts are looked at, so that what is wrong inside an entry is wrong
with that entry and not with those after it. Source: HL7 FHIR R4, Bundle; RFC 8259.
"""

import re
from codecs import BOM_UTF8
from collections.abc import Iterator
from typing import BinaryIO

from dagster_project.departments.errors import Refused
from dagster_project.departments.ndjson import LINE_LIMIT

READ = 1 << 20
"""Bytes per read."""
BLANK = re.compile(rb"[ \t\r\n]*+")
TOKEN = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"|[{}\[\]"]', re.DOTALL)
"""A whole text, a bracket, or the quote of a text whose end was not read yet."""
SCALAR = re.compile(rb'[^\s,:"{}\[\]]++')
ENTRY, KIND, BUNDLE = b'"entry"', b'"resourceType"', b'"Bundle"'
TYPE, HISTORY = b'"type"', b'"history"'
IS_KEY = re.compile(rb"\s*:")
IS_LIST = re.compile(rb"\s*:\s*\[")
IS_BUNDLE = re.compile(rb'\s*:\s*"Bundle"')
"""What follows a key, that of the entries and that of the type."""

Entry = tuple[int, int, bytes]
"""Bundle in the file and line that an entry begins on, and its bytes."""


def begins(head: bytes) -> bool:
    r"""Say whether a file that begins like this is a Bundle.

    Its entries may stand before its type, as in a file with sorted keys.

    >>> begins(b'{\n "id": "b1", "resourceType" : "Bundle"'), begins(b'{"entry": [{')
    (True, True)
    >>> begins(b'{"contained": [{"resourceType": "Bundle"}], "resourceType": "List"')
    False
    """
    text, depth = head.removeprefix(BOM_UTF8), 0
    for found in TOKEN.finditer(text):
        mark = found[0]
        if mark in b"{[":
            depth += 1
        elif mark in b"}]":
            depth -= 1
            if depth <= 0:
                return False
        elif depth == 1 and mark == KIND and IS_KEY.match(text, found.end()):
            return IS_BUNDLE.match(text, found.end()) is not None
        elif depth == 1 and mark == ENTRY and IS_LIST.match(text, found.end()):
            return True
    return False


def entries(stream: BinaryIO, types: dict[int, bytes] | None = None) -> Iterator[Entry]:
    """Yield the entries of a file's Bundles, one after another.

    Args:
        stream: Its bytes.
        types: Gains the type of each Bundle as it is written, once it was read whole.

    Raises:
        Refused: It is no JSON, no Bundle or cut off, or an entry is too long.
    """
    text, bundle = _Text(stream), 0
    while text.next():
        bundle += 1
        told: dict[bytes, bytes] = {}
        for line, entry in _of_bundle(text, told):
            yield bundle, line, entry
        if types is not None:
            types[bundle] = told.get(TYPE, b"")


def _of_bundle(text: "_Text", told: dict[bytes, bytes]) -> Iterator[tuple[int, bytes]]:
    begun, seen = text.line, set()
    text.expect(b"{")
    while text.next() != b"}":
        if seen:
            text.expect(b",")
        line, key = text.line, text.value()
        if key[:1] != b'"' or b"\\" in key:  # an escape could hide the entries
            raise Refused("not_json", "this is no key of a Bundle", line=line)
        text.expect(b":")
        if key in seen and key in (ENTRY, KIND):
            reason = f"{key.decode()} stands twice in one Bundle; nobody knows which"
            raise Refused("repeated_key", reason, line=text.line)
        seen.add(key)
        if key == ENTRY and text.next() == b"[":
            yield from _of_array(text)
            continue
        line, value = text.line, text.value()
        if key == ENTRY and value != b"null":
            yield line, value
        if key in (KIND, TYPE):
            told[key] = value
    text.expect(b"}")
    if told.get(KIND) != BUNDLE:
        raise Refused("not_a_bundle", "this is no FHIR Bundle", line=begun)


def _of_array(text: "_Text") -> Iterator[tuple[int, bytes]]:
    text.expect(b"[")
    is_first = True
    while text.next() != b"]":
        if not is_first:
            text.expect(b",")
            text.next()
        is_first = False
        line = text.line
        yield line, text.value()
    text.expect(b"]")


class _Text:
    """A file's bytes, of which only what is being looked at is held.

    Attributes:
        line: Line of the next byte.
    """

    def __init__(self, stream: BinaryIO) -> None:
        self._stream = stream
        self._text = stream.read(READ).removeprefix(BOM_UTF8)
        self._at, self.line = 0, 1

    def _more(self) -> bool:
        if not (data := self._stream.read(READ)):
            return False
        self._text = self._text[self._at :] + data
        self._at = 0
        return True

    def _taken(self, end: int) -> bytes:
        taken = self._text[self._at : end]
        self.line += taken.count(b"\n")
        self._at = end
        return taken

    def next(self) -> bytes:
        """Pass over blanks and return the byte that follows, b"" at the end."""
        while True:
            self._taken(BLANK.match(self._text, self._at).end())
            if self._at < len(self._text):
                return self._text[self._at : self._at + 1]
            if not self._more():
                return b""

    def expect(self, mark: bytes) -> None:
        """Pass over one mark, or refuse what stands in its place."""
        found = self.next()
        if found == mark:
            self._at += 1
            return
        if not found:
            raise self._torn()
        reason = f"this is not JSON: {mark.decode()!r} is missing here"
        raise Refused("not_json", reason, line=self.line)

    def value(self) -> bytes:
        """Take one value: a text, a number, or all from a bracket to its fellow."""
        if not (begin := self.next()):
            raise self._torn()
        end = self._nested() if begin in (b"{", b"[", b'"') else self._scalar()
        return self._taken(end)

    def _scalar(self) -> int:
        """Return where a number, a truth or a null ends."""
        while True:
            found = SCALAR.match(self._text, self._at)
            if not found:
                raise Refused("not_json", "this is not JSON", line=self.line)
            if found.end() < len(self._text):
                return found.end()
            self._limit(found.end())
            if not self._more():
                raise self._torn()

    def _nested(self) -> int:
        """Return where a text, an object or a list ends."""
        at, depth = self._at, 0
        while True:
            for found in TOKEN.finditer(self._text, at):
                mark, at = found[0], found.end()
                if mark == b'"':
                    at = found.start()
                    break
                if mark[:1] != b'"':
                    depth += 1 if mark in b"{[" else -1
                if depth <= 0:
                    self._limit(at)
                    return at
            self._limit(len(self._text))
            at -= self._at
            if not self._more():
                raise self._torn()

    def _limit(self, end: int) -> None:
        """Refuse a value that is longer than a resource may be."""
        if end - self._at > LINE_LIMIT:
            reason = "an entry of the Bundle is longer than 16 MB"
            raise Refused("line_limit", reason, line=self.line)

    def _torn(self) -> Refused:
        reason = "the end of the Bundle is missing; send it again"
        return Refused("torn", reason, line=self.line)
