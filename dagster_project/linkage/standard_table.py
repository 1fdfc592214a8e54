"""Standard records as a table, so that they need not be read again.

Belongs here: the two directions. Does not belong here: what the values mean
(``standardise``), files (``state_files``).

A text is told by its place among the distinct ones of its column: of a few rows only
their own texts are looked at, and of a table on the disk only these are read.
"""

from dataclasses import fields

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.linkage.coded import Coded, recode, whole_numbers
from dagster_project.linkage.standardise import Standard

WORDS = "surname_words"
"""Words of the surname, joined by spaces; null where the surname itself says them."""


def standard_table(records: Standard) -> pa.Table:
    """Return one row per record and one column per field, null where missing."""
    columns: dict[str, pa.Array] = {}
    for field in fields(Standard):
        value = getattr(records, field.name)
        if isinstance(value, Coded):
            columns[field.name] = _texts(value)
        elif field.name != WORDS:
            columns[field.name] = pa.array(value)
    surnames = records.last.values
    said = [" ".join(_told(records.surname_words, name)) for name in surnames]
    columns[WORDS] = _texts(recode(said, records.last))
    return pa.table(columns)


def standard_of(table: pa.Table) -> Standard:
    """Return the records that ``standard_table`` made a table of."""
    rows = table.num_rows
    found: dict[str, object] = {"record_id": table["record_id"].combine_chunks()}
    for name in table.column_names:
        if pa.types.is_dictionary(table[name].type):
            found[name] = _coded(table[name].combine_chunks())
        elif name not in found:
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


def _texts(column: Coded) -> pa.DictionaryArray:
    place = (column.codes - 1).astype(np.int32)
    texts = pa.array(column.values[1:], pa.string())
    return pa.DictionaryArray.from_arrays(pa.array(place, mask=place < 0), texts)


def _coded(column: pa.DictionaryArray) -> Coded:
    place = pc.fill_null(column.indices, -1).to_numpy()
    # With the missing one, so that it has the first code also where none is missing.
    used, code = np.unique(np.append(place, -1), return_inverse=True)
    values = column.dictionary.take(pa.array(used[1:])).to_pylist()
    return Coded(["", *values], code[:-1])
