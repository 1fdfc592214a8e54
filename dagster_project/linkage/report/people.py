"""What the page knows of each record: its standard values, its source, its groups.

Belongs here: reading them off the caller's table, in the order of the partition. Does
not belong here: measuring quality (``groups``), identifiers (``identity_held``).
"""

import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.linkage.coded import Coded, Codes, code_column
from dagster_project.linkage.columns import ALIASES, RECORD_ID, read_columns
from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.standardise import Standard, standardise

MOST_SOURCES = 8
"""Sources shown by name: more columns are not read on a phone; the rest is pooled."""

AGE_BANDS = ((0, 18), (18, 25), (25, 35), (35, 45), (45, 55), (55, 65), (65, 200))
"""HUD's age bands of single adults, minors in one."""

GROUP_COLUMNS = {
    "race": ("race",),
    "ethnicity": ("ethnicity",),
    "gender": ("gender", "sex"),
}
"""Group -> the columns that may hold it, the first that is there wins."""

NOT_RECORDED = "not recorded"


@dataclass(frozen=True)
class Grouping:
    """A way to part records: a label per record, as places in ``labels``."""

    name: str
    codes: Codes
    labels: list[str]


@dataclass(frozen=True)
class Recorded:
    """The caller's records in the order of the partition."""

    standard: Standard
    source: Grouping
    groups: list[Grouping]
    not_delivered: list[str]


def recorded(
    records: pa.Table, ids: pa.Array, config: LinkConfig, made_at: datetime
) -> Recorded:
    """Read the caller's table for the page.

    Args:
        records: what was linked.
        ids: the record ids of the partition, in its order.
        config: how the columns are called.
        made_at: when the page is made; ages are of that day.
    """
    known = {**ALIASES, RECORD_ID: RECORD_ID, **config.columns}
    own = next(c for c in records.column_names if known.get(c) == RECORD_ID)
    place = pc.index_in(ids, value_set=records[own].cast(ids.type).combine_chunks())
    records = records.take(place)
    plain = read_columns(records, config.columns)
    standard = standardise(plain)
    groups, missing = [], []
    for name, columns in GROUP_COLUMNS.items():
        column = next((c for c in columns if c in records.column_names), None)
        if column is None or records[column].null_count == records.num_rows:
            missing.append(name)
        else:
            label = name if column == name else f"{name} (by the column {column})"
            groups.append(_grouping(label, records[column]))
    if (standard.dob > 0).any() or (standard.year_low > 0).any():
        groups.append(_age_bands(standard, made_at))
    else:
        missing.append("age")
    if {"first_name", "last_name"} & set(plain.column_names):
        groups.append(_scripts(plain))
    return Recorded(standard, _sources(records, standard.source), groups, missing)


def _sources(records: pa.Table, source: Coded) -> Grouping:
    """Group by department where there is one, else by source."""
    if "department" in records.column_names:
        source = code_column(records["department"], records.num_rows)
    used = Counter(source.codes.tolist())
    ranked = sorted(used, key=lambda code: (-used[code], source.values[code]))
    keep = ranked if len(ranked) <= MOST_SOURCES else ranked[: MOST_SOURCES - 1]
    named = sorted((source.values[code] or "no source", code) for code in keep)
    rest = len(named)
    table = np.full(len(source.values), rest)
    for number, (_, code) in enumerate(named):
        table[code] = number
    labels = [label for label, _ in named]
    if len(ranked) > len(keep):
        labels.append(f"{len(ranked) - len(keep)} other sources")
    if labels == ["no source"]:
        labels = ["all records"]
    return Grouping("source", table[source.codes], labels)


def _grouping(name: str, column: pa.ChunkedArray) -> Grouping:
    coded = code_column(column.cast(pa.string()), len(column)).read(_group_label)
    values = [value or NOT_RECORDED for value in coded.values]
    order = sorted(range(len(values)), key=lambda n: (n == 0, values[n]))
    table = np.empty(len(values), np.int64)
    table[order] = np.arange(len(values))
    return Grouping(name, table[coded.codes], [values[n] for n in order])


def _group_label(value: str) -> str:
    """Return a group as it is shown; several at once are one group of their own."""
    value = value.strip().replace("_", " ").lower()
    return "more than one" if ";" in value else value


def _age_bands(standard: Standard, made_at: datetime) -> Grouping:
    year = np.where(standard.dob >= 1000_0000, standard.dob // 10000, 0)
    middle = (standard.year_low + standard.year_high) // 2
    year = np.where(year > 0, year, middle)
    age = made_at.year - year
    codes = np.full(len(year), len(AGE_BANDS))
    labels = []
    for number, (low, high) in enumerate(AGE_BANDS):
        codes[(year > 0) & (age >= low) & (age < high)] = number
        last = f"{low} and over" if high > 120 else f"{low} to {high - 1}"
        labels.append(f"under {high}" if low == 0 else last)
    return Grouping("age", codes, [*labels, NOT_RECORDED])


def _scripts(plain: pa.Table) -> Grouping:
    """Group by the script in which the names are written."""
    rows = plain.num_rows
    parts = [
        code_column(plain[c] if c in plain.column_names else None, rows).read(script)
        for c in ("first_name", "last_name")
    ]
    both = np.column_stack([part.codes for part in parts])
    cells, place = np.unique(both, axis=0, return_inverse=True)
    of_cell = [
        _together(parts[0].values[a], parts[1].values[b]) for a, b in cells.tolist()
    ]
    labels = sorted(set(of_cell), key=lambda v: (v == "no name", v))
    codes = np.array([labels.index(v) for v in of_cell], np.int64)
    return Grouping("script of the name", codes[place.ravel()], labels)


def script(name: str) -> str:
    """Return the script of a name, '' where it holds no letter.

    >>> script("Nguyễn"), script("Smith"), script("Иванова"), script("김"), script("7")
    ('Latin with accents', 'Latin without accents', 'Cyrillic', 'Hangul', '')
    """
    found = set()
    for letter in filter(str.isalpha, unicodedata.normalize("NFC", name)):
        block = unicodedata.name(letter, "OTHER").split()[0]
        if block == "LATIN":
            block += " plain" if letter.isascii() else " accents"
        found.add(block)
    if "LATIN accents" in found:
        found.discard("LATIN plain")
    kinds = {SCRIPTS.get(block, block.capitalize()) for block in found}
    return kinds.pop() if len(kinds) == 1 else ("several scripts" if kinds else "")


SCRIPTS: Mapping[str, str] = {
    "LATIN plain": "Latin without accents",
    "LATIN accents": "Latin with accents",
    "CJK": "Han",
    "HIRAGANA": "Kana",
    "KATAKANA": "Kana",
}
"""First word of a letter's Unicode name -> script; others are their own name."""


def _together(first: str, last: str) -> str:
    kinds = {kind for kind in (first, last) if kind}
    if "Latin with accents" in kinds:
        kinds.discard("Latin without accents")
    return (
        kinds.pop() if len(kinds) == 1 else ("several scripts" if kinds else "no name")
    )
