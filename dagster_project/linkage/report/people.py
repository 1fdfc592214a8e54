"""What the page knows of each record: the identity it holds, its source, its groups.

Belongs here: reading them off the caller's table, in the order of the partition. Does
not belong here: measuring quality (``groups``), identifiers (``linkage.held``).
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dagster_project.linkage.background import Background
from dagster_project.linkage.coded import Coded, Codes, code_column
from dagster_project.linkage.columns import ALIASES, RECORD_ID, read_columns
from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.held import Held, held
from dagster_project.linkage.standardise import standardise

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

OF_GROUPS = {"department", *(c for names in GROUP_COLUMNS.values() for c in names)}

NOT_RECORDED = "not recorded"

ASCII_LETTER = re.compile("[A-Za-z]")


@dataclass(frozen=True)
class Grouping:
    """A way to part records: a label per record, as places in ``labels``."""

    name: str
    codes: Codes
    labels: list[str]


@dataclass(frozen=True)
class Recorded:
    """The caller's records in the order of the partition."""

    held: Held
    source: Grouping
    groups: list[Grouping]
    not_delivered: list[str]


def recorded(
    records: pa.Table,
    ids: pa.Array,
    config: LinkConfig,
    made_at: datetime,
    background: Background | None = None,
) -> Recorded:
    """Read the caller's table for the page.

    Args:
        records: what was linked.
        ids: the record ids of the partition, in its order.
        config: how the columns are called.
        made_at: when the page is made; ages are of that day.
        background: what the run kept; without it the identities are read again.
    """
    if background:
        identity, names = background.held, background.names
    else:
        names = read_columns(records, config.columns)
        identity = held(standardise(names))
    records = _group_columns(records, ids, config)
    groups, missing = [], []
    for name, columns in GROUP_COLUMNS.items():
        column = next((c for c in columns if c in records.column_names), None)
        if column is None or records[column].null_count == records.num_rows:
            missing.append(name)
        else:
            label = name if column == name else f"{name} (by the column {column})"
            groups.append(_grouping(label, records[column]))
    if identity.birth_year.any():
        groups.append(_age_bands(identity.birth_year, made_at))
    else:
        missing.append("age")
    if {"first_name", "last_name"} & set(names.column_names):
        groups.append(_scripts(names))
    return Recorded(identity, _sources(records, identity.source), groups, missing)


def columns_for_report(records: pa.Table) -> pa.Table:
    """Return what a report reads of records of which a run kept its background."""
    known = {*OF_GROUPS, "record_id", RECORD_ID}
    return records.select([c for c in records.column_names if c in known])


def _group_columns(records: pa.Table, ids: pa.Array, config: LinkConfig) -> pa.Table:
    """Return the columns that part records into groups, in the order of ``ids``."""
    known = {**ALIASES, RECORD_ID: RECORD_ID, **config.columns}
    own = next(c for c in records.column_names if known.get(c) == RECORD_ID)
    groups = records.select([c for c in records.column_names if c in OF_GROUPS])
    if not groups.column_names:
        return groups
    place = pc.index_in(ids, value_set=records[own].cast(ids.type).combine_chunks())
    return groups.take(place)


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


def _age_bands(year: NDArray[np.int16], made_at: datetime) -> Grouping:
    age = made_at.year - year.astype(np.int64)
    codes = np.full(len(year), len(AGE_BANDS))
    labels = []
    for number, (low, high) in enumerate(AGE_BANDS):
        codes[(year > 0) & (age >= low) & (age < high)] = number
        last = f"{low} and over" if high > 120 else f"{low} to {high - 1}"
        labels.append(f"under {high}" if low == 0 else last)
    return Grouping("age", codes, [*labels, NOT_RECORDED])


def _scripts(names: pa.Table) -> Grouping:
    """Group by the script in which the names are written."""
    rows = names.num_rows
    first, last = (
        code_column(names[c] if c in names.column_names else None, rows).read(script)
        for c in ("first_name", "last_name")
    )
    together = [_together(a, b) for a in first.values for b in last.values]
    cell = first.codes * len(last.values) + last.codes
    used = {together[n] for n in np.flatnonzero(np.bincount(cell)).tolist()}
    labels = sorted(used, key=lambda v: (v == "no name", v))
    place = {label: number for number, label in enumerate(labels)}
    codes = np.array([place.get(label, 0) for label in together], np.int64)
    return Grouping("script of the name", codes[cell], labels)


def script(name: str) -> str:
    """Return the script of a name, '' where it holds no letter.

    >>> script("Nguyễn"), script("Smith"), script("Иванова"), script("김"), script("7")
    ('Latin with accents', 'Latin without accents', 'Cyrillic', 'Hangul', '')
    """
    if name.isascii():
        return SCRIPTS["LATIN plain"] if ASCII_LETTER.search(name) else ""
    found = set()
    for letter in filter(str.isalpha, unicodedata.normalize("NFC", name)):
        found.add(_script_of(letter))
    if "LATIN accents" in found:
        found.discard("LATIN plain")
    kinds = {SCRIPTS.get(block, block.capitalize()) for block in found}
    return kinds.pop() if len(kinds) == 1 else ("several scripts" if kinds else "")


@cache
def _script_of(letter: str) -> str:
    """Return the first word of a letter's Unicode name; of Latin, with its kind."""
    block = unicodedata.name(letter, "OTHER").split()[0]
    if block == "LATIN":
        block += " plain" if letter.isascii() else " accents"
    return block


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
