"""Read ``rows.json``: what DataSF's portal gives whoever asks it for JSON.

Belongs here: the description in front of the rows, rows without names to rows with
them. Does not belong here: the rows themselves (``soda``), the array (``json_array``).

Source: dev.socrata.com, ``/api/views/<dataset>/rows.json``: one object, ``meta`` with
the columns and then ``data`` with an array of values for each row.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

from dagster_project.departments.errors import Refused
from dagster_project.departments.feed import Table
from dagster_project.departments.json_array import Element, elements
from dagster_project.departments.portal import field_name

BEGINS = re.compile(r"\s*\{\s*\"meta\"\s*:\s*")
DATA = re.compile(r"\s*,\s*\"data\"\s*:\s*\[")
META_LIMIT = 8 << 20
"""Characters before the rows: the portal repeats each column's commonest values."""
DATASET = re.compile(r"\"id\"\s*:\s*\"(\w{4}-\w{4})\"")
FIELD = re.compile(r"\"fieldName\"\s*:\s*\"([^\"]+)\"")
SYSTEM = ":"
"""First letter of the columns the portal adds by itself, as the API does."""


def is_rows_file(text: str) -> bool:
    r"""Say whether a file that begins like this is the portal's ``rows.json``.

    >>> is_rows_file('{\n  "meta" : {\n'), is_rows_file('{"error":true}')
    (True, False)
    """
    return BEGINS.match(text) is not None


def named_in(head: str) -> tuple[set[str], set[str]]:
    """Return the datasets and the fields that the beginning of a file names."""
    return set(DATASET.findall(head)), set(FIELD.findall(head))


def rows(text: str, pieces: Iterator[str], table: Table) -> Iterator[Element]:
    """Yield line, text and value of each row; one that does not fit is None.

    Args:
        text: The first piece of the file.
        pieces: What follows.
        table: Table that the rows are of.

    Raises:
        Refused: The file is not whole or does not tell its columns.
    """
    meta, text, at = _meta(text, pieces)
    fields = _fields(meta, table)
    line = 1 + text.count("\n", 0, at)
    for row in elements(text, at, pieces, line, after="}"):
        yield row[0], row[1], _named(row[2], fields)


def _meta(text: str, pieces: Iterator[str]) -> tuple[Any, str, int]:
    """Return the description, what was read so far, and where the rows begin."""
    decode = json.JSONDecoder().raw_decode
    start = BEGINS.match(text).end()
    while True:
        try:
            meta, end = decode(text, start)
            found = DATA.match(text, end)
        except (ValueError, RecursionError):
            meta, found = None, None
        if found:
            return meta, text, found.end()
        more = next(pieces, None)
        if more is None or len(text) > META_LIMIT:
            reason = (
                "'meta' is not followed by the rows in 'data', so the file is cut off "
                "or not the portal's rows.json; send it again"
            )
            raise Refused("torn", reason, line=1)
        text += more


def _fields(meta: Any, table: Table) -> list[str]:
    try:
        columns = [column["fieldName"] for column in meta["view"]["columns"]]
        fields = [field_name(table, column) for column in columns]
    except (KeyError, TypeError, AttributeError):
        reason = "meta.view.columns does not name the fields of the rows"
        raise Refused("header", reason, line=1) from None
    twice = sorted({f for f in fields if fields.count(f) > 1})
    if twice:
        reason = f"meta.view.columns names {twice[0][:80]!r} twice"
        raise Refused("header_twice", reason, line=1, column=twice[0][:80])
    return fields


def _named(value: Any, fields: list[str]) -> dict[str, Any] | None:
    if not isinstance(value, list) or len(value) != len(fields):
        return None
    named = zip(fields, value, strict=True)
    return {field: told for field, told in named if not field.startswith(SYSTEM)}
