"""Distinct texts and names as tables for the compiled kernels.

Belongs here: code points, letter bags, sounds, nicknames, words, one row per distinct
text. Does not belong here: records (``encode``), comparing (``compare_names``).

All that a kernel asks of a text before it looks at the letters lies in one row: pairs
reach for texts in no order, and a row that is read at once is waited for once.
"""

from typing import NamedTuple

import numpy as np
from jellyfish import metaphone
from numba import njit
from numpy.typing import NDArray

from dagster_project.linkage import nicknames
from dagster_project.linkage.initials import is_name
from dagster_project.linkage.text_hash import Letters, letters_of

SHARED_WORDS = 4
"""Most words of a surname that are compared; longer compounds are rare."""

TEXT = [
    ("start", np.int32),  # of its letters among ``points``
    ("length", np.int32),
    ("bag", np.uint64),  # which letters occur, twice or once
]
NAME = [
    *TEXT,
    ("sound", np.int32),  # metaphones of its words
    ("initial", np.int32),  # 1 if it is one letter and no name
    ("words", np.int32, (SHARED_WORDS,)),  # words of the name, 0-filled
    # Names it may stand for, 0-filled.
    ("canonicals", np.uint16, (nicknames.CANONICALS,)),
]
"""Columns of a text and of a name; 64 bytes make one name."""


class TextTable(NamedTuple):
    """Distinct texts or names; place 0 is the missing one."""

    points: NDArray[np.int32]  # code points of all texts one after another
    rows: NDArray[np.void]  # of ``TEXT`` or ``NAME``, one per distinct text

    @property
    def letters(self) -> Letters:
        """Return the letters of the texts."""
        starts, lengths = self.rows["start"], self.rows["length"]
        return Letters(self.points, starts.astype(np.int64), lengths.astype(np.int64))


def text_table(values: list[str], columns: list = TEXT) -> TextTable:
    """Return the code points and letter bags of distinct texts."""
    letters = letters_of(values)
    rows = np.zeros(len(values), np.dtype(columns))
    rows["start"], rows["length"] = letters.starts, letters.lengths
    rows["bag"] = _bags(*letters)
    return TextTable(letters.points, rows)


@njit(cache=True, nogil=True)
def _bags(points, starts, lengths):
    """Return two bits per letter class: it occurs, it occurs twice.

    32 classes by code point; texts that share m letters differ in at most
    len(a) + len(b) - 2m bits, which is what lets the kernel skip hopeless comparisons.
    """
    bags = np.zeros(len(starts), np.uint64)
    for row in range(len(starts)):
        for place in range(starts[row], starts[row] + lengths[row]):
            once = np.uint64(1) << np.uint64(2 * (points[place] % 32))
            again = bags[row] & once
            bags[row] |= once | (again << np.uint64(1))
    return bags


def name_table(
    values: list[str], places: dict[str, int], surname_words: dict[str, tuple[str, ...]]
) -> TextTable:
    """Return what the kernels know of distinct names.

    Args:
        values: the names and the words they consist of.
        places: name -> its place among ``values``.
        surname_words: surname -> its words, where they are not what spaces part.
    """
    table = text_table(values, NAME)
    spaced = [value.split(" ") for value in values]
    sounds, canonicals = {"": 0}, {"": 0}
    known = nicknames.canonical_names()
    whole = np.array([is_name(value) for value in values])
    table.rows["initial"] = ~whole & (table.rows["length"] > 0)
    table.rows["sound"] = [
        sounds.setdefault(" ".join(map(sound_of, each)), len(sounds)) for each in spaced
    ]
    stands_for = np.zeros((len(values), nicknames.CANONICALS), np.uint16)
    for place in [place for place, each in enumerate(spaced) if each[0] in known]:
        for slot, name in enumerate(known[spaced[place][0]]):
            stands_for[place, slot] = canonicals.setdefault(name, len(canonicals))
    words = np.zeros((len(values), SHARED_WORDS), np.int32)
    words[:, 0] = np.where(whole, np.arange(len(values)), 0)
    for place, value in enumerate(values):
        parts = surname_words.get(value) or spaced[place]
        if len(parts) > 1 or parts[0] != value:
            shared = [places[word] for word in parts if is_name(word)][:SHARED_WORDS]
            words[place] = shared + [0] * (SHARED_WORDS - len(shared))
    table.rows["canonicals"], table.rows["words"] = stands_for, words
    return table


def sound_of(word: str) -> str:
    """Return a word's metaphone, or its first three letters where that is empty."""
    if not word:
        return ""
    return metaphone(word).replace(" ", "") or word[:3]
