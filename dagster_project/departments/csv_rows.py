"""Strict CSV: either every row of a file is understood, or none is taken.

Belongs here: bytes of one CSV file to columns of text (RFC 4180, UTF-8 unless agreed
otherwise). Does not belong here: which lines are rows (``csv_lines``), what the columns
mean (``feeds``, the readers).

DuckDB's own reader loses rows, swaps columns and takes a web page for an empty table
without a word, so it never sees a delivery. An empty field becomes NULL, quoted or not:
Python's parser does not tell them apart before 3.12.
"""

import codecs
import csv
import io
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import replace
from functools import cache
from itertools import islice
from typing import BinaryIO

import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.departments import appearance
from dagster_project.departments.csv_lines import Lines, plain
from dagster_project.departments.errors import Refused
from dagster_project.departments.feed import Table
from dagster_project.departments.rows import Chunk

PARSED_ROWS = 5_000
"""Rows turned into columns at once: what fits the processor's cache is twice as quick
as 50,000; the ledger gathers them again before it writes."""
CHUNK = 1 << 20
"""Bytes per read."""
FIELD_LIMIT = 1 << 20
"""Characters in one field: case notes stay under 100,000; more is an open quote."""
SEPARATORS = {"\t": "tabs", ";": "semicolons", "|": "bars"}
"""What spreadsheets part columns by where it is not the comma."""
TELLING = 8
"""Characters of a field that stands twice by no chance, nor as the beginning of one."""
EMPTY = "the file is empty; not even a header"
END_OF_FILE = "\x1a"
"""What programs that came from DOS write behind the last line."""
LINE_LIMIT = 16 << 20
"""Characters without a line end: more is no text file, and would fill the memory."""


def lines(
    stream: BinaryIO,
    encoding: str,
    is_proven_whole: bool,
    closing: Collection[str] = (),
) -> Iterator[str]:
    """Yield the lines of a text file, line ends kept, refusing what is not text.

    Args:
        stream: The file's bytes.
        encoding: Encoding agreed with the department; a UTF-8 mark is accepted.
        is_proven_whole: Do not insist on a line end after the last line.
        closing: Plain texts that a last line without an end may close with.
    """
    name = "utf-8-sig" if encoding == "utf-8" else encoding
    decoder = codecs.getincrementaldecoder(name)("strict")
    rest, done, before = "", 0, ""
    while data := stream.read(CHUNK):
        if done == 0 and data.startswith(appearance.WORKBOOK):
            raise Refused("spreadsheet", appearance.OF_WORKBOOK, line=1)
        if b"\0" in data:
            line = done + 1 + rest.count("\n") + data[: data.index(b"\0")].count(b"\n")
            raise Refused(
                "nul", "a NUL byte stands in the text (UTF-16?); send UTF-8", line=line
            )
        try:
            text = rest + decoder.decode(data)
        except UnicodeDecodeError as fault:
            before = rest.count("\n") + fault.object[: fault.start].count(b"\n")
            raise Refused(
                "encoding",
                f"byte 0x{fault.object[fault.start]:02X} is not {encoding.upper()}; "
                "the file was probably saved in a Windows encoding; send UTF-8",
                line=done + 1 + before,
            ) from None
        if done == 0 and text.lstrip()[:1] == "<":
            raise Refused(
                "web_page", "this is a web page or XML, not a CSV file", line=1
            )
        cut = max(text.rfind("\n"), text.rfind("\r", 0, -1)) + 1
        rest = text[cut:]
        if len(rest) > LINE_LIMIT:
            raise Refused("line_limit", "a line is longer than 16 MB", line=done + 1)
        if cut:
            before = text[:cut]
            piece = io.StringIO(before, newline="")
            done += before.count("\n")
            yield from piece
    try:
        rest += decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        raise Refused(
            "torn", "the file ends inside a character; send it again"
        ) from None
    if rest and rest != END_OF_FILE:
        is_whole = rest.endswith("\r") or _is_closed(rest, before, closing)
        if not (is_proven_whole or is_whole):
            reason = (
                "the last line has no end, so the file may be cut off; send it again, "
                "or a manifest with its sha256"
            )
            raise Refused("torn", reason, line=done + 1)
        yield from io.StringIO(rest, newline="")


def _is_closed(line: str, before: str, closing: Collection[str]) -> bool:
    """Say whether a line without end cannot have lost a part of its last field.

    It ends with the quote that closes one, or as the line before it does, or with a
    text that is known. What it lost before that shows in its width.
    """
    if line.endswith('"'):
        return line.count('"') % 2 == 0
    last = line.rpartition(",")[2]
    ends = (f",{last}\n", f",{last}\r\n", f",{last}\r")
    is_repeated = len(last) >= TELLING and before.endswith(ends)
    return bool(last) and (plain(last) in closing or is_repeated)


def header(stream: BinaryIO, encoding: str = "utf-8") -> list[str]:
    """Return the first row of a CSV file."""
    seen: list[str] = []
    text = (seen.append(line) or line for line in lines(stream, encoding, True))
    try:
        found = _first(csv.reader(text, strict=True))
    except csv.Error as fault:
        reason = _parted(seen[-1]) or f"the header is broken ({fault})"
        raise Refused("quotes", reason, line=1) from None
    if not found:
        raise Refused("empty", EMPTY, line=1)
    return found


def _parted(line: str) -> str:
    """Say what parts the columns of a header in quotes, "" where it is the comma."""
    for mark, name in SEPARATORS.items():
        if f'"{mark}"' in line:
            return f"the columns are parted by {name}; send them parted by commas"
    return ""


def _first(rows: Iterator[list[str]]) -> list[str]:
    """Return the first row that is not empty, or an empty one."""
    return next(filter(any, rows), [])


def header_of(
    found: Sequence[str], table: Table, version: str = ""
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Match a header against a table's declared columns, without regard to case.

    Args:
        found: The header, as the file spells it.
        table: Declaration of its table.
        version: Insist on this version.

    Returns:
        The versions it may be of ("" when the table has none) and the declared
        spelling of each column, in the file's order, "" for one to leave out.
    """
    spelled = {plain(column): column for column in table.columns}
    lower = [plain(column) for column in found]
    times = Counter(filter(None, lower))  # asked of the list, 10,000 cost seconds
    is_header = any(column in spelled for column in lower)
    twice = sorted({found[lower.index(c)] for c in times if times[c] > 1 and is_header})
    if twice:
        reason = f"the header has {twice[0]} twice"
        raise Refused("header_twice", reason, line=1, column=twice[0])
    unknown = [
        c for c, low in zip(found, lower, strict=True) if low and low not in spelled
    ]
    if not is_header or (unknown and not table.drops_unknown):
        # With no column known, the line is no header, and its words are a person's.
        column = unknown[0][:80] if is_header else ""
        raise Refused(
            "header_unknown", _unknown(found, column, table), line=1, column=column
        )
    columns = tuple(spelled.get(column, "") for column in lower)
    have = set(columns) - {""}
    may = table.versions or {"": table.columns}
    gaps = {name: _needed(table, all_of) - have for name, all_of in may.items()}
    odd = {name: have - set(all_of) for name, all_of in may.items()}
    fits = tuple(v for v in may if not gaps[v] and not odd[v])
    if not fits and table.drops_unknown:
        # What another version calls a column, nobody agreed on in this one.
        fits = tuple(v for v in may if not gaps[v])
    if version and version not in fits and fits:
        reason = f"the header is of {fits[0]}, the rest of the delivery of {version}"
        raise Refused("header_version", reason, line=1)
    if fits:
        meant = (version,) if version else fits
        return meant, tuple("" if c in odd[meant[0]] else c for c in columns)
    closest = min(may, key=lambda name: len(gaps[name] | odd[name]))
    named = sorted(gaps[closest]) or sorted(odd[closest])
    word = "lacks" if gaps[closest] else "has, from another version,"
    reason = (
        f"the header {word} {', '.join(named[:5])} "
        f"(compared with {closest or 'agreed'})"
    )
    raise Refused("header", reason, line=1, column=named[0])


def _needed(table: Table, version: Sequence[str]) -> set[str]:
    """Return the columns a file of a version must have."""
    if not table.versions:
        return {*table.key, *table.required}
    return set(version) & set(table.needed) if table.needed else set(version)


def _unknown(found: Sequence[str], column: str, table: Table) -> str:
    """Say of a header nobody agreed on what is wrong with it."""
    for mark, name in SEPARATORS.items():
        if len(found) == 1 and mark in found[0]:
            return f"the columns are parted by {name}; send them parted by commas"
    if not column:
        return f"the first line is no header: it names no column of {table.source}"
    return f"{column!r} is not a column agreed for {table.source}"


def _array(texts: tuple[str, ...]) -> pa.Array:
    """Return a column with nothing where the file has nothing, the quicker way."""
    empty = texts.count("")
    if empty == len(texts):
        return pa.nulls(empty, pa.string())
    if empty > len(texts) / 2:
        return pa.array([text or None for text in texts], pa.string())
    values = pa.array(texts, pa.string())
    return pc.if_else(pc.equal(values, ""), None, values) if empty else values


def _arrays(rows: list[list[str]], columns: Sequence[str]) -> dict[str, pa.Array]:
    turned = zip(*rows, strict=True) if rows else [()] * len(columns)
    return {c: _array(texts) for c, texts in zip(columns, turned, strict=True) if c}


def _left_out(found, columns: Sequence[str], rows: list[list[str]]) -> dict[str, int]:
    """Count the rows in which a column nobody agreed on held something."""
    return {
        found[at]: sum(1 for row in rows if row[at])
        for at, column in enumerate(columns)
        if not column and found[at].strip()
    }


def _lines_of(rows: list[list[str]], first_line: int) -> Iterator[int]:
    """Yield the line each row starts on, given that fields may hold line ends."""
    for row in rows:
        yield first_line
        first_line += 1 + sum(field.count("\n") for field in row)


def chunks(
    stream: BinaryIO,
    table: Table,
    *,
    encoding: str = "utf-8",
    is_proven_whole: bool = False,
    version: str = "",
    spelled: Callable[[str], str] = str,
    closing: Collection[str] = (),
) -> Iterator[Chunk]:
    """Yield the rows of one CSV file, in batches of columns.

    Args:
        stream: The file's bytes.
        table: Declaration whose columns the header must match.
        encoding: Encoding agreed with the department.
        is_proven_whole: See ``lines``.
        version: Insist on this version of the header.
        spelled: Gives the declared name of a column that a file may call otherwise.
        closing: Texts that close the last column of every row, such as HMIS's ExportID.

    Raises:
        Refused: For any fault of structure, with the line it was found on.
    """
    csv.field_size_limit(FIELD_LIMIT)
    known = {plain(text) for text in (*table.columns, *closing)}
    text = lines(stream, encoding, is_proven_whole, known)
    reader = csv.reader(text, strict=True)
    read, first_line = [], 1
    try:
        written = _first(reader)
        if not written:
            raise Refused("empty", EMPTY, line=1)
        found = [spelled(column) for column in written]
        fits, columns = header_of(found, table, version)
        missing = (
            []
            if not table.needed
            else [
                c
                for c in table.versions[fits[0]]
                if c not in columns and table.lands_column(c)
            ]
        )
        told = Lines(written)
        first_row, first_line = 1, reader.line_num + 1
        while True:
            # What was read before a fault stays in the list, and tells where it began.
            read = []
            read.extend(islice(reader, PARSED_ROWS))
            if not read:
                break
            rows, lines_of = told.rows(read, first_line)
            if rows:
                chunk = _chunk(table, columns, rows, first_row, first_line, lines_of)
                yield replace(
                    chunk,
                    columns_left_out=_left_out(found, columns, rows),
                    columns_missing={column: len(rows) for column in missing},
                )
            first_row += len(rows)
            first_line = reader.line_num + 1
        if told.passed_over:
            nothing = _chunk(table, columns, [], first_row, first_line, None)
            yield replace(nothing, lines_passed_over=told.passed_over)
    except csv.Error as fault:
        rule = "field_limit" if "field limit" in str(fault) else "quotes"
        reason = f"the quoting is broken ({fault}); nothing after it can be trusted"
        line = reader.line_num
        if rule == "field_limit" or "unexpected end" in str(fault):
            line = next(islice(_lines_of([*read, []], first_line), len(read), None))
            reason = (
                "the row that begins here opens a quote that nothing closes, so that "
                "all after it is one text"
            )
        raise Refused(rule, reason, line=line) from None


def _chunk(table, columns, rows, first_row, first_line, lines_of) -> Chunk:
    @cache
    def lines() -> Sequence[int]:
        return lines_of or list(_lines_of(rows, first_line))

    return Chunk(
        table=table,
        columns=_arrays(rows, columns),
        first_row=first_row,
        line_of=lambda at: lines()[at],
    )
