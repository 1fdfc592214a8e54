"""Distinct texts and names as tables for the compiled kernels.

Belongs here: code points, letter bags, sounds, nicknames, words, one row per distinct
text. Does not belong here: records (``encode``), comparing (``compare_names``).

All that a kernel asks of a text before it looks at the letters lies in one row: pairs
reach for texts in no order, and a row that is read at once is waited for once.
"""

from typing import NamedTuple

import numpy as np
from jellyfish import metaphone
from numpy.typing import NDArray

from dagster_project.linkage import nicknames
from dagster_project.linkage.coded import Codes

SHARED_WORDS = 4
"""Most words of a surname that are compared; longer compounds are rare."""

TEXTS_AT_ONCE = 100_000
"""Texts whose letters are counted at once: 32 counts each are soon much memory."""

TEXT = [
    ("start", np.int32),  # of its letters among ``points``
    ("length", np.int32),
    ("bag", np.uint64),  # which letters occur, twice or once
]
NAME = [
    *TEXT,
    ("sound", np.int32),  # metaphones of its words
    ("words", np.int32, (SHARED_WORDS,)),  # words of the name, 0-filled
    # Names it may stand for, 0-filled.
    ("canonicals", np.int32, (nicknames.CANONICALS,)),
]
"""Columns of a text and of a name; 64 bytes make one name."""


class TextTable(NamedTuple):
    """Distinct texts or names; place 0 is the missing one."""

    points: NDArray[np.int32]  # code points of all texts one after another
    rows: NDArray[np.void]  # of ``TEXT`` or ``NAME``, one per distinct text


def text_table(values: list[str], columns: list = TEXT) -> TextTable:
    """Return the code points and letter bags of distinct texts."""
    lengths = np.array([len(value) for value in values], np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)
    points = np.frombuffer("".join(values).encode("utf-32-le"), np.int32).copy()
    rows = np.zeros(len(values), np.dtype(columns))
    rows["start"], rows["length"] = starts[:-1], lengths
    rows["bag"] = _bags(points, starts)
    return TextTable(points, rows)


def _bags(points: NDArray[np.int32], starts: Codes) -> NDArray[np.uint64]:
    """Return two bits per letter class: it occurs, it occurs twice.

    32 classes by code point; texts that share m letters differ in at most
    len(a) + len(b) - 2m bits, which is what lets the kernel skip hopeless comparisons.
    """
    bags = np.zeros(len(starts) - 1, np.uint64)
    place = np.uint64(2) * np.arange(32, dtype=np.uint64)
    for first in range(0, len(bags), TEXTS_AT_ONCE):
        ends = starts[first : first + TEXTS_AT_ONCE + 1]
        count = len(ends) - 1
        owner = np.repeat(np.arange(count), np.diff(ends))
        letters = points[ends[0] : ends[-1]] % 32
        cells = np.bincount(owner * 32 + letters, minlength=count * 32)
        cells = cells.reshape(count, 32)
        once = ((cells >= 1).astype(np.uint64) << place).sum(1, dtype=np.uint64)
        twice = ((cells >= 2).astype(np.uint64) << (place + np.uint64(1))).sum(
            1, dtype=np.uint64
        )
        bags[first : first + count] = once | twice
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
    sounds: dict[str, int] = {"": 0}
    canonicals: dict[str, int] = {"": 0}
    known = nicknames.canonical_names()
    sound = np.zeros(len(values), np.int32)
    stands_for = np.zeros((len(values), nicknames.CANONICALS), np.int32)
    words = np.zeros((len(values), SHARED_WORDS), np.int32)
    for place, value in enumerate(values):
        spaced = value.split(" ")
        heard = " ".join(map(sound_of, spaced))
        sound[place] = sounds.setdefault(heard, len(sounds))
        for slot, name in enumerate(known.get(spaced[0], ())):
            stands_for[place, slot] = canonicals.setdefault(name, len(canonicals))
        parts = surname_words.get(value) or spaced
        shared = [w for w in parts if len(w) > 1]
        for slot, part in enumerate(shared[:SHARED_WORDS]):
            words[place, slot] = places[part]
    table.rows["sound"] = sound
    table.rows["canonicals"], table.rows["words"] = stands_for, words
    return table


def sound_of(word: str) -> str:
    """Return a word's metaphone, or its first three letters where that is empty."""
    if not word:
        return ""
    return metaphone(word).replace(" ", "") or word[:3]
