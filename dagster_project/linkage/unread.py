"""Which values of a table of people are written in a way that nobody here can read.

Belongs here: counting them, and the shape of one without its letters and digits. Does
not belong here: the readers (``dates``, ``identifiers``), values that are read and are
nobody's, as 999-99-9999 is.
"""

import re
from collections import Counter
from collections.abc import Callable
from typing import NamedTuple

import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.linkage.dates import written_digits
from dagster_project.linkage.identifiers import has_ssn_length, is_phone, read_zip

SHOWN = 24
"""Characters of a shape that are shown: enough for a date with its time."""


class _Kind(NamedTuple):
    usual: str  # spellings that need no second look; Arrow sorts them out by itself
    is_read: Callable[[str], object]


KINDS = {
    **{
        name: _Kind(r"^\d{4}-\d\d-\d\d$", written_digits)
        for name in ("dob", "died_on", "last_seen_on")
    },
    "ssn": _Kind(r"^(\d{9}|\d{3}-\d\d-\d{4}|\d{4})$", has_ssn_length),
    "phone": _Kind(r"^[-+() ]*(\d[-+() ]*){7,11}$", is_phone),
    "zip": _Kind(r"^\d{5}(-\d{4})?$", read_zip),
}


class Unread(NamedTuple):
    """How many of a column's values could not be read, and the commonest shape."""

    column: str
    count: int
    of: int
    shape: str


def unread(table: pa.Table) -> list[Unread]:
    """Return the columns that hold values nobody here can read.

    A value without digits ("unknown") or of one digit alone ("00000") says that there
    is none, and is not counted.

    Args:
        table: of people, as text.
    """
    found = [_of_column(table, c) for c in KINDS if c in table.column_names]
    return [one for one in found if one.count]


def _of_column(table: pa.Table, column: str) -> Unread:
    kind, values = KINDS[column], table[column]
    odd = values.filter(pc.invert(pc.match_substring_regex(values, kind.usual)))
    shapes: Counter[str] = Counter()
    for one in odd.value_counts().to_pylist():
        text = one["values"]
        if len(set(re.sub(r"\D", "", text))) > 1 and not kind.is_read(text):
            shapes[shape(text)] += one["counts"]
    commonest = min(shapes, key=lambda text: (-shapes[text], text), default="")
    return Unread(column, shapes.total(), len(values) - values.null_count, commonest)


def shape(text: str) -> str:
    """Return a text with 9 for every digit and a for every letter.

    >>> shape("05/Mär/1980")
    '99/aaa/9999'
    """
    plain = re.sub(r"[^\W\d_]", "a", re.sub(r"\d", "9", text.strip()))
    return plain if len(plain) <= SHOWN else plain[:SHOWN] + "…"
