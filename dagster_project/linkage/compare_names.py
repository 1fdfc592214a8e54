"""Levels of agreement of forenames, surnames and middle names; compiled.

Belongs here: one function per name field. Does not belong here: other fields
(``compare``), the similarity itself (``similarity``).
"""

from numba import njit

from dagster_project.linkage.fields import level
from dagster_project.linkage.given_names import same_given
from dagster_project.linkage.name_words import (
    ALIKE,
    is_word_of,
    other_compound,
    second_name,
    share_canonical,
    share_word,
    sound_or_look_alike,
)
from dagster_project.linkage.similarity import text_similarity

CLOSE = 0.92
"""Jaro-Winkler floor of 'close': one slip in a name of usual length."""
SIMILAR = 0.78
"""Floor of 'similar'; below it names agree no more than strangers' do."""

FIRST = tuple(
    level("first", name)
    for name in (
        "equal",
        "nickname",
        "close",
        "alike",
        "initial",
        "similar",
        "middle_or_alias",
        "swapped",
        "different",
    )
)
EQUAL, NICKNAME, F_CLOSE, F_ALIKE, INITIAL, F_SIMILAR, OTHER_NAME, SWAP, UNLIKE = FIRST
L_EQUAL, L_WORD, L_CLOSE, L_ALIKE, L_SIMILAR, L_AS_FIRST, L_AS_MIDDLE, L_UNLIKE = (
    level("last", name)
    for name in (
        "equal",
        "shared_word",
        "close",
        "alike",
        "similar",
        "as_first",
        "as_middle",
        "different",
    )
)
M_EQUAL, M_INITIAL, M_LETTER, M_UNLIKE = (
    level("middle", name) for name in ("equal", "initial", "same_letter", "different")
)


@njit(cache=True, nogil=True, inline="always")
def _is_initial(names, name):
    return names.rows[name].initial != 0


@njit(cache=True, nogil=True, inline="always")
def _letter(names, name):
    return names.points[names.rows[name].start]


@njit(cache=True, nogil=True)
def swapped(names, first_a, last_a, first_b, last_b):
    """Return whether forename and surname changed places, one perhaps written other.

    If both might be, strangers' names would have changed places fifty times as often.
    """
    if first_a == 0 or last_a == 0 or first_b == 0 or last_b == 0:
        return False
    if first_a == first_b or last_a == last_b:
        return False
    if first_a == last_b and _one_name(names, last_a, first_b):
        return True
    return last_a == first_b and _one_name(names, first_a, last_b)


@njit(cache=True, nogil=True)
def _one_name(names, a, b):
    """Return whether a name that changed places is the same.

    As it is, with a further word (Bui and Bui Ngoc), as a nickname, mistyped, or in
    another transcription (Zhao and Chao).
    """
    if a == b or is_word_of(names, a, b) or is_word_of(names, b, a):
        return True
    if share_canonical(names, a, b) or sound_or_look_alike(names, a, b):
        return True
    return text_similarity(names, a, b, ALIKE) >= ALIKE


@njit(cache=True, nogil=True, inline="always")
def _alias_tells(a, alias_a, other_a, b, alias_b, other_b):
    """Return whether an alias of one side is the forename or an alias of the other."""
    return (
        (alias_a > 0 and alias_a in (b, alias_b, other_b))
        or (other_a > 0 and other_a in (b, alias_b, other_b))
        or (a > 0 and a in (alias_b, other_b))
    )


@njit(cache=True, nogil=True)
def first_level(names, a, b, middle_a, middle_b, alias_a, alias_b, other_a, other_b):
    """Return the level of two forenames; an alias may tell a missing one."""
    known = a > 0 and b > 0
    if known and a == b:
        return INITIAL if _is_initial(names, a) else EQUAL
    if known and same_given(names, a, middle_a, b, middle_b):
        return F_CLOSE
    if known and (_is_initial(names, a) or _is_initial(names, b)):
        return INITIAL if _letter(names, a) == _letter(names, b) else UNLIKE
    if known and not other_compound(names, a, b):
        if share_canonical(names, a, b):
            return NICKNAME
        similarity = text_similarity(names, a, b, SIMILAR)
        if similarity >= CLOSE:
            return F_CLOSE
        if similarity >= ALIKE or sound_or_look_alike(names, a, b):
            return F_ALIKE
        if is_word_of(names, a, b) or is_word_of(names, b, a):
            return NICKNAME
        if similarity >= SIMILAR or share_word(names, a, b):
            return F_SIMILAR
        if (middle_a > 0 and middle_a == b) or (middle_b > 0 and middle_b == a):
            return OTHER_NAME
    if _alias_tells(a, alias_a, other_a, b, alias_b, other_b):
        return OTHER_NAME
    return UNLIKE if known else 0


@njit(cache=True, nogil=True)
def last_level(names, a, b, first_a, first_b, middle_a, middle_b):
    """Return the level of two surnames; either may be another name of the other."""
    if a == 0 or b == 0:
        return 0
    if a == b:
        return L_EQUAL
    if share_word(names, a, b):
        return L_WORD
    similarity = text_similarity(names, a, b, SIMILAR)
    if similarity >= CLOSE:
        return L_CLOSE
    if similarity >= ALIKE or sound_or_look_alike(names, a, b):
        return L_ALIKE
    if similarity >= SIMILAR:
        return L_SIMILAR
    if first_a == b or first_b == a:
        return L_AS_FIRST
    return L_AS_MIDDLE if middle_a == b or middle_b == a else L_UNLIKE


@njit(cache=True, nogil=True)
def middle_level(names, a, b, first_a, first_b):
    """Return the level of two middle names, either of which may be an initial.

    Names that changed places with the forenames are told by these. Juan Pablo, whose
    middle name is not told, has one beside a Juan: Pablo.
    """
    told_a = a if a > 0 else second_name(names, first_a, first_b)
    told_b = b if b > 0 else second_name(names, first_b, first_a)
    if told_a == 0 or told_b == 0:
        return 0
    short = _is_initial(names, told_a) or _is_initial(names, told_b)
    if a == b:
        return M_INITIAL if short else M_EQUAL
    if same_given(names, first_a, a, first_b, b):
        return 0
    if _letter(names, told_a) != _letter(names, told_b):
        return M_UNLIKE
    return M_INITIAL if short else M_LETTER
