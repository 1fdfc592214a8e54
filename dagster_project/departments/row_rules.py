"""Which rows may enter a raw table, and which wait in quarantine.

Belongs here: rules about the values of one row, as a table's declaration asks them.
Does not belong here: faults of the file's structure (the readers), what tools did to a
row on its way (``spoiled``), cleaning (staging).

Kept modest on purpose: a row is held back only when nothing downstream could place it,
because it has no key, no moment, or no known kind.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextvars import ContextVar
from datetime import datetime
from itertools import chain

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.departments import spoiled
from dagster_project.departments.agreed import cut_columns, originals
from dagster_project.departments.feed import Table
from dagster_project.departments.plain_text import without_controls
from dagster_project.departments.rows import Batch, Chunk, QuarantinedRow

ORIGINAL_LIMIT = 64 * 1024
"""Characters kept of a quarantined row: the widest honest row is far shorter."""

LAST_DAY: ContextVar[str] = ContextVar("last_day", default="")
"""Last day an event may be on (ISO), set while a delivery is read; any when empty. A
clock that runs ahead at the source would make its row the newest for ever, so what
counts is when we received the delivery and nothing that it says of itself."""

ISO = re.compile(
    r"(\d{4}-\d\d-\d\d)([T ]\d\d:\d\d(?::\d\d)?)?(\.\d{1,9})?\s?"
    r"(Z|[+-](?:0\d|1[0-4]):?[0-5]\d)?"
)
"""The forms all our sources write; anything else has changed meaning somewhere. No
clock is more than 14 hours from UTC."""


def is_time(text: str) -> bool:
    """Say whether a text is an ISO date or time that exists in the calendar.

    >>> is_time("2025-02-29"), is_time("03/04/2025"), is_time("2025-03-04T08:00:00")
    (False, False, True)
    """
    found = ISO.fullmatch(text)
    if found is None:
        return False
    try:
        datetime.fromisoformat(found[1] + (found[2] or ""))
    except ValueError:
        return False
    return True


def codes(values: pa.Array) -> pa.Array:
    """Return codes as their list writes them: a spreadsheet makes ``200.0`` of 200."""
    return pc.replace_substring_regex(pc.utf8_trim_whitespace(values), r"\.0+$", "")


def _blank(table: Table, columns) -> Iterator[tuple[str, str, str, pa.Array]]:
    for column in dict.fromkeys((*table.key, *table.required)):
        values = columns.get(column)
        kind = "key" if column in table.key else "required"
        reason = f"{column} is blank; without it the row cannot be placed"
        if values is None or values.null_count == len(values):
            size = len(next(iter(columns.values())))
            yield column, f"missing_{kind}", reason, pa.repeat(True, size)
            continue
        blank = pc.equal(pc.utf8_trim_whitespace(values), "")
        blank = pc.fill_null(blank, True)
        if pc.any(blank).as_py():
            yield column, f"missing_{kind}", reason, blank


def _untimely(table: Table, columns) -> Iterator[tuple[str, str, str, pa.Array]]:
    for column in table.times:
        values = columns.get(column)
        if values is None or values.null_count == len(values):
            continue
        try:
            values.cast(pa.timestamp("us"))
        except pa.ArrowInvalid:
            bad = [
                text is not None and not is_time(text) for text in values.to_pylist()
            ]
            if any(bad):
                reason = f"{column} is not a date or time written YYYY-MM-DD HH:MM:SS"
                if column not in table.required:
                    reason += "; leave it empty where there is none"
                yield column, "bad_time", reason, pa.array(bad)


def _too_late(table: Table, columns) -> Iterator[tuple[str, str, str, pa.Array]]:
    limit = LAST_DAY.get()
    told = dict.fromkeys((*table.times, *table.dated, table.updated))
    for column in told if limit else ():
        values = columns.get(column)
        if values is None or values.null_count == len(values):
            continue
        if column not in table.times:
            values = pc.utf8_trim_whitespace(values)
        bad = pc.fill_null(
            pc.greater(pc.utf8_slice_codeunits(values, 0, 10), limit), False
        )
        if not pc.any(bad).as_py():
            continue
        if column not in table.times:
            # Nobody asked it to be a time, so what is none may enter.
            is_day = pc.match_substring_regex(values, r"^\d{4}-\d\d-\d\d")
            is_later = pc.greater(pc.utf8_slice_codeunits(values, 0, 4), limit[:4])
            is_year = pc.match_substring_regex(values, r"^\d{4}-")
            is_told = pc.or_(is_day, pc.and_(is_year, is_later))
            bad = pc.fill_null(pc.and_(bad, is_told), False)
        if pc.any(bad).as_py():
            reason = f"{column} is after {limit}, more than a day in the future"
            yield column, "future_time", reason, bad


def _uncoded(table: Table, columns) -> Iterator[tuple[str, str, str, pa.Array]]:
    for column, allowed in table.codes.items():
        values = columns.get(column)
        if values is None:
            continue
        known = pa.array(sorted(allowed), pa.string())
        bad = pc.invert(pc.is_in(codes(values), known))
        bad = pc.and_(bad, pc.is_valid(values))
        if pc.any(bad).as_py():
            reason = f"{column} is not a code of its published list"
            yield column, "unknown_code", reason, bad


CHECKS = (
    spoiled.header_again,
    _blank,
    spoiled.nobodys,
    spoiled.rounded,
    spoiled.undated,
    _untimely,
    spoiled.timeless,
    _too_late,
    _uncoded,
)
"""In the order in which a steward would ask: what it is, which, when, of what kind."""


def judge(
    chunk: Chunk,
    shut: pa.Array | None = None,
    why: str = "",
    also: Sequence[spoiled.Fault] = (),
) -> Batch:
    """Split parsed rows into those that may enter and those that may not.

    A row that breaks several rules is reported for the first only. What the agreement
    does not land is gone before the first rule looks, and so is in no reason or text;
    so are control characters.

    Args:
        chunk: Rows just parsed.
        shut: Rows to leave out before any rule looks at them; they leave no trace
            but their number.
        why: Rule under which the shut rows are counted.
        also: What the reader itself found, asked after all rules.
    """
    table = chunk.table
    landed = cut_columns(table, chunk.columns)
    columns, not_plain = without_controls(landed, table.document)
    size = len(next(iter(columns.values())))
    last = chunk.first_row + size
    counted = np.arange(chunk.first_row, last)
    numbers = pa.array(-counted if chunk.is_newest_first else counted, pa.int64())
    rows = pa.table({**columns, "_row_number": numbers})
    out = set() if shut is None else set(pc.indices_nonzero(shut).to_pylist())
    held: dict[int, tuple[str, str, str]] = {}
    faults = chain(
        # Before what is in it was taken out, and it became another.
        spoiled.broken(table, landed),
        chain.from_iterable(c(table, columns) for c in CHECKS),
        also,
    )
    for column, rule, reason, bad in faults:
        for at in pc.indices_nonzero(bad).to_pylist():
            if at not in out:
                held.setdefault(at, (column, rule, reason))
    if gone := out | held.keys():
        rows = rows.filter(pa.array([at not in gone for at in range(size)]))
    return Batch(
        table=table.name,
        rows=rows,
        quarantined=tuple(_held(chunk, columns, held)) if held else (),
        rows_in=size,
        left_out={why: len(out)} if out else {},
        columns_left_out=chunk.columns_left_out,
        columns_not_plain=not_plain,
        columns_missing=chunk.columns_missing,
        elements_left_out=chunk.elements_left_out,
        lines_passed_over=chunk.lines_passed_over,
    )


def _held(
    chunk: Chunk,
    columns: Mapping[str, pa.Array],
    held: Mapping[int, tuple[str, str, str]],
) -> Iterator[QuarantinedRow]:
    """Yield the rows at some places, each with the first rule that it broke."""
    places = sorted(held)
    texts = originals(chunk.table, columns, places)
    for at, text in zip(places, texts, strict=True):
        column, rule, reason = held[at]
        yield QuarantinedRow(
            table=chunk.table.name,
            line=chunk.line_of(at),
            column=column,
            rule=rule,
            reason=f"{reason} (row {chunk.first_row + at})",
            original=text[:ORIGINAL_LIMIT],
        )
