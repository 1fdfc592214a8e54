"""Standard records as a table, so that they need not be read again.

Belongs here: the two directions. Does not belong here: what the values mean
(``standardise``), files (``state_files``).
"""

from dataclasses import fields

import numpy as np
import pyarrow as pa

from dagster_project.linkage.coded import Coded, code_column, whole_numbers
from dagster_project.linkage.standardise import Standard

WORDS = "surname_words"
"""Words of the surname, joined by spaces; null where the surname itself says them."""


def standard_table(records: Standard) -> pa.Table:
    """Return one row per record and one column per field, null where missing."""
    columns: dict[str, pa.Array] = {}
    for field in fields(Standard):
        value = getattr(records, field.name)
        if isinstance(value, Coded):
            columns[field.name] = _texts(value.values, value.codes)
        elif field.name != WORDS:
            columns[field.name] = pa.array(value)
    surnames = records.last.values
    said = [" ".join(_told(records.surname_words, name)) for name in surnames]
    columns[WORDS] = _texts(said, records.last.codes)
    return pa.table(columns)


def standard_of(table: pa.Table) -> Standard:
    """Return the records that ``standard_table`` made a table of."""
    rows = table.num_rows
    found: dict[str, object] = {"record_id": table["record_id"].combine_chunks()}
    for name in table.column_names:
        if pa.types.is_string(table[name].type):
            found.setdefault(name, code_column(table[name], rows))
        else:
            found[name] = whole_numbers(table[name], rows)
    words: dict[str, set[str]] = {n: set(n.split(" ")) for n in found["last"].values}
    pairs = np.stack([found["last"].codes, found[WORDS].codes])
    for surname, said in np.unique(pairs[:, pairs[1] > 0], axis=1).T.tolist():
        named = found[WORDS].values[said].split(" ")
        words[found["last"].values[surname]].update(named)
    del words[""]
    found[WORDS] = {name: tuple(sorted(told)) for name, told in words.items()}
    return Standard(**found)


def _told(words: dict[str, tuple[str, ...]], surname: str) -> tuple[str, ...]:
    """Return a surname's words, none where they are those that stand in it."""
    told = words.get(surname, ())
    return () if set(told) == set(surname.split(" ")) else told


def _texts(values: list[str], codes: np.ndarray) -> pa.Array:
    texts = pa.array([value or None for value in values], pa.string())
    return texts.take(pa.array(codes))
