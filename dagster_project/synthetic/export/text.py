"""Columns of text to lines of CSV, JSON and XML.

Belongs here: quoting and joining whole columns at once.
Does not belong here: what the columns mean.
"""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray


def csv_field(value: str) -> str:
    """Quote a field as RFC 4180 asks, and only then."""
    if '"' in value or "," in value or "\n" in value:
        return '"' + value.replace('"', '""') + '"'
    return value


def csv_fields(values: Iterable[str]) -> list[str]:
    """Quote a column."""
    return [csv_field(value) for value in values]


def csv_lines(header: Sequence[str], columns: Mapping[str, Iterable]) -> list[str]:
    """Join columns to lines in the header's order; absent columns stay empty."""
    template = ",".join("%s" if name in columns else "" for name in header)
    present = [columns[name] for name in header if name in columns]
    return [template % fields for fields in zip(*present, strict=True)]


def json_text(value: str) -> str:
    """Write a JSON string without turning letters into escapes."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def json_rows(columns: Mapping[str, Iterable[str]]) -> list[str]:
    """Join columns of finished JSON values to objects; an empty one has no key."""
    names = [f'"{name}":' for name in columns]
    return [
        "{" + ",".join([n + v for n, v in zip(names, row, strict=True) if v]) + "}"
        for row in zip(*columns.values(), strict=True)
    ]


def json_texts(values: Sequence[str]) -> list[str]:
    """Write a column of JSON strings, nothing for empty ones."""
    texts = {value: json_text(value) for value in set(values)}
    texts[""] = ""
    return [texts[value] for value in values]


def xml_text(value: str) -> str:
    """Escape character data."""
    return value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def choose(table: Sequence[str], codes: NDArray[np.integer]) -> list[str]:
    """Look codes up in a tuple of texts."""
    return np.array(table, dtype=object)[codes].tolist()
