"""Read a table in which people answered a question about pairs of records.

Belongs here: finding its columns, and refusing what is no answer about two records, in
words that name the row. Does not belong here: opening the file (``people_file``), what
an answer does (``table_decisions``, ``clerical_sample``).
"""

import difflib
from collections.abc import Collection
from typing import NamedTuple

import pyarrow as pa

from dagster_project.linkage.columns import UnreadableRecords
from dagster_project.linkage.partition_file import RECORD_COLUMNS
from dagster_project.linkage.people_file import text_of

NEAR = 0.6
"""Least similarity of a column or a word for "did you mean": there are few to mean."""


class Answer(NamedTuple):
    """What somebody says about two records; ``row`` counts from the first row as 1."""

    row: int
    left: str
    right: str
    said: str


def read_answers(
    table: pa.Table,
    name: str,
    column: str,
    words: Collection[str],
    *,
    may_be_empty: bool = False,
) -> list[Answer]:
    """Return the answers in the order of the file.

    Case and surrounding spaces do not matter, and ``must-link`` is ``must_link``.

    Args:
        table: the file as ``read_people`` gave it.
        name: what the file is called in messages.
        column: where the answer stands.
        words: what may stand there.
        may_be_empty: whether rows without an answer are passed over or refused.

    Raises:
        UnreadableRecords: a column is missing, or a row names no record, one record
            twice, or an answer that is none.
    """
    sides = _side_columns(table, name)
    _check(column, table, name)
    found = []
    texts = [text_of(table[c], c).to_pylist() for c in (*sides, column)]
    for row, (left, right, text) in enumerate(zip(*texts, strict=True), start=1):
        for record, side in zip((left, right), sides, strict=True):
            if record is None:
                raise UnreadableRecords(f"{name}: {side} is empty in row {row:,}")
        if left == right:
            raise UnreadableRecords(f"{name}: row {row:,} names {left!r} twice")
        plain = (text or "").strip().lower().replace("-", "_")
        if not plain and may_be_empty:
            continue
        if plain not in words:
            raise UnreadableRecords(_no_answer(name, row, column, text, words))
        found.append(Answer(row, left, right, plain))
    return found


def _side_columns(table: pa.Table, name: str) -> tuple[str, str]:
    for record in RECORD_COLUMNS:
        if any(f"{record}_{side}" in table.column_names for side in "lr"):
            break
    else:
        record = RECORD_COLUMNS[0]
    both = f"{record}_l", f"{record}_r"
    for column in both:
        _check(column, table, name)
    return both


def _check(column: str, table: pa.Table, name: str) -> None:
    """Refuse a table without a column."""
    columns = table.column_names
    if column in columns:
        return
    plain = {other.strip().lower().replace(" ", "_"): other for other in columns}
    near = difflib.get_close_matches(column, plain, 1, NEAR)
    told = f"its columns are: {', '.join(columns)}"
    if near:
        told = f"did you mean {plain[near[0]]!r}?"
    raise UnreadableRecords(f"{name} has no column {column}; {told}")


def _no_answer(
    name: str, row: int, column: str, text: str | None, words: Collection[str]
) -> str:
    known = " or ".join(repr(word) for word in words)
    if not (text or "").strip():
        return f"{name}: {column} is empty in row {row:,}; say {known}"
    near = difflib.get_close_matches(text.lower(), list(words), 1, NEAR)
    hint = f"did you mean {near[0]!r}?" if near else f"say {known}"
    return f"{name}: {column} is {text!r} in row {row:,}; {hint}"
