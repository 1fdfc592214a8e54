"""The parts blocking keys are made of.

A part is a number made of the value itself, not of its place in some table: the same
value has the same key in every run and on every machine.

Belongs here: each part's value per record, joining parts to a key. Does not belong
here: which rules are used and how far (``blocking``).
"""

from collections.abc import Sequence
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from dagster_project.linkage import nicknames
from dagster_project.linkage.coded import Codes
from dagster_project.linkage.digits import LOCAL_BITS
from dagster_project.linkage.encode import SOUND_PREFIX, Encoded
from dagster_project.linkage.row_order import in_order
from dagster_project.linkage.sampling import keyed_hash, mixed
from dagster_project.linkage.text_hash import (
    WHOLE,
    Hashes,
    letter_hashes,
    letters_of,
    text_hashes,
)
from dagster_project.linkage.text_tables import sound_of

PARTS = {
    "f": "sound of the forename",
    "l": "sound of the surname",
    "fn": "forename, or any name it is a nickname of",
    "fa": "sound of the forename or of an alias",
    "fi": "first letter of the forename",
    "li": "first letter of the surname",
    "f3": "first three letters of the forename",
    "l3": "first three letters of the surname",
    "lt": "any word of the surname",
    "sw": "sounds of both names in either order",
    "b": "birth date",
    "by": "year of birth",
    "bmd": "month and day of birth",
    "s": "social security number",
    "s4": "its last four digits",
    "ph": "telephone, its last seven digits",
    "em": "e-mail",
    "eml": "e-mail before the @",
    "st": "street",
    "z": "ZIP code",
    "z3": "its first three digits",
    "c": "city",
    "x": "sex",
}
"""What each part of a rule stands for."""


SEVERAL = ("fn", "fa", "lt")
"""Parts of which a record may have several values; a rule has one of them at most."""


class Likeness(NamedTuple):
    """Records in the order of their names."""

    place: Codes  # of each record in that order
    record: Codes  # at each place
    names: NDArray[np.int32]  # [place, surname, forename, birth date]


@njit(cache=True, nogil=True)
def _mix_in(key, present, value, number):
    """Mix the value of a rule's part into the keys; without it there is no key."""
    for row in range(len(key)):
        present[row] &= value[row] != 0
        key[row] = mixed(key[row] ^ value[row], np.uint64(number))


@njit(cache=True, nogil=True)
def _kept(rows, key, present):
    """Return the rows that have a key, and the keys."""
    kept_rows, kept_keys = np.empty_like(rows), np.empty_like(key)
    kept = 0
    for row in range(len(rows)):
        if present[row]:
            kept_rows[kept], kept_keys[kept] = rows[row], key[row]
            kept += 1
    return kept_rows[:kept], kept_keys[:kept]


def _local(phones: Codes) -> Codes:
    """Return telephones without their area codes, 0 for none."""
    return np.where(phones > 0, phones & ((1 << LOCAL_BITS) - 1) | 1 << LOCAL_BITS, 0)


class KeyParts:
    """Values of the parts for one set of records; 0 means the part is missing."""

    def __init__(self, encoded: Encoded) -> None:
        self._encoded = encoded
        self.records = len(encoded.values)
        self._shared: dict[str, float] = {}
        self._found: dict[str, tuple[Codes, Hashes]] = {}

    def prepare(self, rules: Sequence[str]) -> None:
        """Make all that several rules need, so that threads may do one each."""
        for part in {part for rule in rules for part in rule.split("+")}:
            self._sharing(part)
        _ = self.likeness

    def keys(self, rule: str) -> tuple[Codes, NDArray[np.uint64]]:
        """Return the records that have a key under ``rule``, and the key of each.

        A record may stand there more than once where a part has several values.
        """
        several = [part for part in rule.split("+") if part in SEVERAL]
        rows = np.arange(self.records)
        values: list[Hashes] = []
        for part in several:
            rows, found = self._several(part)
            values.append(found)
        values += [
            self._single[p][rows] if several else self._single[p]
            for p in rule.split("+")
            if p not in several
        ]
        key = np.zeros(len(rows), np.uint64)
        present = np.ones(len(rows), np.bool_)
        for number, value in enumerate(values, start=1):
            _mix_in(key, present, value, number)
        return _kept(rows, key, present)

    def chance_pairs(self, rule: str) -> float:
        """Return how many record pairs would share a key if its parts went by chance.

        The chance of sharing each part, the sum over its values of their squared
        shares, multiplied, times all pairs.
        """
        chance = self.records * (self.records - 1) / 2
        for part in rule.split("+"):
            chance *= self._sharing(part)
        return chance

    def _sharing(self, part: str) -> float:
        if part not in self._shared:
            values = self._several(part)[1] if part in SEVERAL else self._single[part]
            counts = np.unique(values[values > 0], return_counts=True)[1]
            pairs = counts * (counts - 1.0)
            self._shared[part] = float(pairs.sum()) / max(self.records**2, 1)
        return self._shared[part]

    @cached_property
    def likeness(self) -> Likeness:
        """Return the records in the order of surname, forename and birth date."""
        values = self._encoded.values
        names = [values[c].copy() for c in ("last", "first", "birth_date")]
        record = in_order(names)
        place = np.empty(self.records, np.int64)
        place[record] = np.arange(self.records)
        return Likeness(place, record, np.stack(names, axis=1)[record])

    @cached_property
    def name_hashes(self) -> Hashes:
        """Return [record, surname, forename, birth date], 0 where missing."""
        column = self._encoded.column
        whole = self._heads()
        dates = column("birth_date").astype(np.uint64)
        return np.stack([whole[column("last")], whole[column("first")], dates], axis=1)

    @cached_property
    def _single(self) -> dict[str, Hashes]:
        encoded = self._encoded
        column = encoded.column
        first, last = column("first"), column("last")
        letter, three = self._heads(1), self._heads(3)
        f, li = self._sounds[first], self._sounds[last]
        both = (f > 0) & (li > 0)
        with np.errstate(over="ignore"):
            swapped = keyed_hash(np.minimum(f, li), 1) ^ np.maximum(f, li)
        date = column("birth_date")
        zips = encoded.zip_values
        parts = {
            "f": f,
            "l": li,
            "fi": letter[first],
            "li": letter[last],
            "f3": three[first],
            "l3": three[last],
            "sw": np.where(both, swapped, np.uint64(0)),
            "b": date,
            "by": column("birth_year"),
            "bmd": np.where(date > 0, (date & 0xFFFF) + 1, 0),
            "s": encoded.numbers.ssn[column("ssn")],
            "s4": column("ssn_last4"),
            "ph": _local(encoded.numbers.phone)[column("phone")],
            "em": encoded.text_hashes.email[column("email")],
            "eml": encoded.text_hashes.email_local[column("email_local")],
            "st": encoded.text_hashes.street[column("street")],
            "z": text_hashes(zips)[column("zip")],
            "z3": text_hashes([z[:3] for z in zips])[column("zip")],
            "c": text_hashes(encoded.city_values)[column("city")],
            "x": column("sex"),
        }
        return {
            name: part.astype(np.uint64, copy=False) for name, part in parts.items()
        }

    def _heads(self, longest: int = WHOLE) -> Hashes:
        """Return the hash of the first letters of each distinct name."""
        return letter_hashes(self._encoded.names.letters, longest)

    @cached_property
    def _sounds(self) -> Hashes:
        """Return the hash of how the first word of each distinct name begins."""
        words = [name.split(" ")[0] for name in self._encoded.name_values]
        return letter_hashes(letters_of([sound_of(w) for w in words]), SOUND_PREFIX)

    def _several(self, part: str) -> tuple[Codes, Hashes]:
        """Return the records that have a value of such a part, and the value."""
        if part not in self._found:
            self._found[part] = self._all_values(part)
        return self._found[part]

    def _all_values(self, part: str) -> tuple[Codes, Hashes]:
        column = self._encoded.column
        if part == "lt":
            columns = list(
                self._heads()[self._encoded.names.rows["words"][column("last")]].T
            )
        elif part == "fa":
            columns = [
                self._sounds[column(c)] for c in ("first", "alias", "other_alias")
            ]
        else:
            return self._canonicals()
        rows = [np.flatnonzero(values) for values in columns]
        found = [values[row] for values, row in zip(columns, rows, strict=True)]
        return np.concatenate(rows), np.concatenate(found)

    def _canonicals(self) -> tuple[Codes, Hashes]:
        """Return the records, and what their forenames may stand for, else these."""
        known = nicknames.canonical_names()
        words = [name.split(" ")[0] for name in self._encoded.name_values]
        stands_for = [known.get(word, (word,)) for word in words]
        hashes = text_hashes([name for names in stands_for for name in names])
        counts = np.array([len(names) for names in stands_for])
        starts = np.cumsum(counts) - counts
        names = self._encoded.column("first")
        rows = np.flatnonzero(names)
        counts, starts = counts[names[rows]], starts[names[rows]]
        before = np.cumsum(counts) - counts
        slots = np.arange(counts.sum()) - np.repeat(before, counts)
        return np.repeat(rows, counts), hashes[np.repeat(starts, counts) + slots]
