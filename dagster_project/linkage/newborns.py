"""What hospitals call a child that has no name yet, and which of twins it is.

Belongs here: reading the order of birth off 'Baby Boy A' and 'Twin 2'. Does not belong
here: which names are nobody's (``placeholders``), what an order of birth is worth
(``compare``: it stands where a suffix does, and tells twins apart as a suffix tells a
son from his father).
"""

import re

import numpy as np
from numpy.typing import NDArray

from dagster_project.linkage.coded import Coded, Codes
from dagster_project.linkage.placeholders import CHILDREN_SINCE
from dagster_project.linkage.word_lists import words

CALLED = frozenset(
    words(
        """
    baby babyboy babygirl boy girl bb bg nb newborn infant neonate twin triplet
    quadruplet male female child
    """
    )
)
"""Words that stand where a newborn's forename will."""

ORDERS = {
    **{letter: place for place, letter in enumerate("abcdefgh", start=1)},
    **{str(place): place for place in range(1, 9)},
    **{"i": 1, "ii": 2, "iii": 3, "iv": 4},
    **{"one": 1, "two": 2, "three": 3, "four": 4},
    **{"first": 1, "second": 2, "third": 3, "fourth": 4},
    **{"1st": 1, "2nd": 2, "3rd": 3, "4th": 4},
}
"""How the first-born and those after are told; A is who elsewhere is 1."""

COUNTED = frozenset(("no", "number"))
"""Words before a number that say no more."""

FIRST_BORN = 11
"""Number of the first-born among suffixes, behind those of ``names``."""

_TOGETHER = re.compile("(baby|babyboy|babygirl|boy|girl|twin|bb|bg)([a-h]|[1-8])")


def birth_order(forename: str) -> int:
    """Return which of twins a folded forename says it is, 0 if it does not say.

    >>> birth_order("baby boy a"), birth_order("girl 2"), birth_order("baby boy")
    (1, 2, 0)
    """
    said = forename.partition(" of ")[0].split(" ")
    parts = [part for word in said for part in _parts(word, len(said) == 1)]
    orders = [ORDERS[part] for part in parts if part in ORDERS]
    others = [part for part in parts if part not in ORDERS and part not in COUNTED]
    if len(orders) != 1 or not others or not CALLED.issuperset(others):
        return 0
    return orders[0]


def _parts(word: str, alone: bool) -> tuple[str, ...]:
    """Return a word, or the two it is written together of.

    Alone a letter at its end makes another word: Boya and Twina are names.
    """
    told = _TOGETHER.fullmatch(word)
    if told is None or word in CALLED:
        return (word,)
    if alone and told[2].isalpha() and not word.startswith("baby"):
        return (word,)
    return told.groups()


def birth_orders(forename: Coded, middle: Coded, dob: Codes) -> tuple[Codes, Codes]:
    """Return the order of birth of each record, and that which the middle name tells.

    Who was born before today's systems began is no newborn in them: Boy A. Santos of
    1972 bears a forename and an initial.

    Args:
        forename: as folded, the digits kept.
        middle: the same.
        dob: yyyymmdd, zeros for what is not known.
    """
    born = (dob % 100 == 0) | (dob // 10000 >= CHILDREN_SINCE)
    order = np.where(born, forename.numbers(birth_order), 0)
    by_middle = np.zeros_like(order)
    unnamed = forename.numbers(lambda text: CALLED.issuperset(text.split(" ")))
    for row in np.flatnonzero(born & (unnamed > 0) & (middle.codes > 0)).tolist():
        said = (forename.values[forename.codes[row]], middle.values[middle.codes[row]])
        by_middle[row] = birth_order(" ".join(said))
    return np.maximum(order, by_middle), by_middle


def blanked(column: Coded, gone: NDArray[np.bool_]) -> Coded:
    """Return a column that is missing in some of the rows."""
    return Coded(column.values, np.where(gone, 0, column.codes))
