"""The parts blocking keys are made of.

Belongs here: each part's value per record, joining parts to a key. Does not belong
here: which rules are used and how far (``blocking``).
"""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dagster_project.linkage import nicknames
from dagster_project.linkage.coded import Codes
from dagster_project.linkage.encode import SOUND_PREFIX, Encoded, sound_of
from dagster_project.linkage.sampling import keyed_hash

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
    "ph": "telephone",
    "em": "e-mail",
    "eml": "e-mail before the @",
    "st": "street",
    "z": "ZIP code",
    "z3": "its first three digits",
    "c": "city",
    "x": "sex",
}
"""What each part of a rule stands for."""


class KeyParts:
    """Values of the parts for one set of records; 0 means the part is missing."""

    def __init__(self, encoded: Encoded) -> None:
        self._encoded = encoded
        self.records = len(encoded.values)

    def keys(self, rule: str) -> tuple[Codes, NDArray[np.uint64]]:
        """Return the records that have a key under ``rule``, and the key of each.

        A record may stand there more than once where a part has several values.
        """
        several = [part for part in rule.split("+") if part in ("fn", "fa", "lt")]
        rows = np.arange(self.records)
        values: list[Codes] = []
        for part in several:
            rows, found = self._several(part)
            values.append(found)
        values += [self._single[p][rows] for p in rule.split("+") if p not in several]
        present = np.all([value > 0 for value in values], axis=0)
        key = np.zeros(int(present.sum()), np.uint64)
        for number, value in enumerate(values, start=1):
            with np.errstate(over="ignore"):
                key = keyed_hash(key ^ value[present].astype(np.uint64), number)
        return rows[present], key

    @cached_property
    def likeness(self) -> tuple[Codes, Codes]:
        """Return each record's place in the order of names, and what the order is by.

        The columns are surname, forename and birth date.
        """
        names = [self._encoded.column(c) for c in ("last", "first", "birth_date")]
        place = np.empty(self.records, np.int64)
        place[np.lexsort(names[::-1])] = np.arange(self.records)
        return place, np.stack(names, axis=1)

    @cached_property
    def _single(self) -> dict[str, Codes]:
        encoded = self._encoded
        column = encoded.column
        first, last = column("first"), column("last")
        sounds = self._table(lambda name: sound_of(name.split(" ")[0])[:SOUND_PREFIX])
        letter, three = self._table(lambda n: n[:1]), self._table(lambda n: n[:3])
        f, li = sounds[first], sounds[last]
        both = (f > 0) & (li > 0)
        swapped = np.minimum(f, li) * (len(sounds) + 1) + np.maximum(f, li)
        date = column("birth_date")
        places = {z[:3]: n for n, z in enumerate(dict.fromkeys(encoded.zip_values))}
        zip3 = np.array([places[z[:3]] if z else 0 for z in encoded.zip_values])
        return {
            "f": f,
            "l": li,
            "fi": letter[first],
            "li": letter[last],
            "f3": three[first],
            "l3": three[last],
            "sw": np.where(both, swapped, 0),
            "b": date,
            "by": column("birth_year"),
            "bmd": np.where(date > 0, (date & 0xFFFF) + 1, 0),
            "s": column("ssn"),
            "s4": column("ssn_last4"),
            "ph": column("phone"),
            "em": column("email"),
            "eml": encoded.email_local,
            "st": column("street"),
            "z": column("zip"),
            "z3": zip3[column("zip")],
            "c": column("city"),
            "x": column("sex"),
        }

    def _table(self, reader) -> Codes:
        codes: dict[str, int] = {"": 0}
        return np.array(
            [
                codes.setdefault(reader(v), len(codes))
                for v in self._encoded.name_values
            ],
            np.int64,
        )

    def _several(self, part: str) -> tuple[Codes, Codes]:
        column = self._encoded.column
        if part == "lt":
            columns = list(self._encoded.names.words[column("last")].T)
        elif part == "fa":
            sounds = self._table(lambda n: sound_of(n.split(" ")[0])[:SOUND_PREFIX])
            columns = [sounds[column(c)] for c in ("first", "alias", "other_alias")]
        else:
            columns = list(self._canonical_table[column("first")].T)
        rows = np.tile(np.arange(self.records), len(columns))
        found = np.concatenate(columns)
        return rows[found > 0], found[found > 0]

    @cached_property
    def _canonical_table(self) -> Codes:
        """Return for each name the codes of what it may stand for, else its own."""
        known = nicknames.canonical_names()
        codes: dict[str, int] = {}
        table = np.zeros((len(self._encoded.name_values), nicknames.CANONICALS), int)
        for place, name in enumerate(self._encoded.name_values):
            if name:
                word = name.split(" ")[0]
                for slot, canonical in enumerate(known.get(word, (word,))):
                    table[place, slot] = codes.setdefault(canonical, len(codes) + 1)
        return table
