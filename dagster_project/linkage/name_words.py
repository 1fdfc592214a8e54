"""Names as the words they consist of: shared ones, like ones, second ones; compiled.

Belongs here: what two names have in common word by word. Does not belong here: levels
(``compare_names``), forename and middle name together (``given_names``).
"""

from numba import njit

from dagster_project.linkage.nicknames import CANONICALS
from dagster_project.linkage.similarity import one_edit, text_similarity
from dagster_project.linkage.text_tables import SHARED_WORDS

ALIKE = 0.86
"""Floor of 'alike', the level that equal metaphones or one edit also reach."""
SHORT = 3
"""Names of fewer letters are often one edit apart by chance."""


@njit(cache=True, nogil=True, inline="always")
def is_word_of(names, word, name):
    """Return whether ``word`` is one of the words of ``name``."""
    for i in range(SHARED_WORDS):
        if names.rows[name].words[i] == 0:
            break
        if names.rows[name].words[i] == word:
            return True
    return False


@njit(cache=True, nogil=True)
def share_word(names, a, b):
    """Return whether two names have a word in common."""
    for i in range(SHARED_WORDS):
        if names.rows[a].words[i] == 0:
            break
        for j in range(SHARED_WORDS):
            if names.rows[b].words[j] == 0:
                break
            if names.rows[a].words[i] == names.rows[b].words[j]:
                return True
    return False


@njit(cache=True, nogil=True)
def share_canonical(names, a, b):
    """Return whether two forenames may stand for the same one."""
    for i in range(CANONICALS):
        if names.rows[a].canonicals[i] == 0:
            break
        for j in range(CANONICALS):
            if names.rows[b].canonicals[j] == 0:
                break
            if names.rows[a].canonicals[i] == names.rows[b].canonicals[j]:
                return True
    return False


@njit(cache=True, nogil=True)
def sound_or_look_alike(names, a, b):
    """Return whether two names sound the same or are one letter's slip apart."""
    if names.rows[a].sound == names.rows[b].sound:
        return True
    shorter = min(names.rows[a].length, names.rows[b].length)
    return shorter >= SHORT and one_edit(names, a, b)


@njit(cache=True, nogil=True)
def _like_none(names, a, b):
    """Return whether some word of ``a`` alone is like no word of ``b`` alone."""
    for i in range(SHARED_WORDS):
        word = names.rows[a].words[i]
        if word == 0:
            break
        like = is_word_of(names, word, b)
        for j in range(SHARED_WORDS):
            other = names.rows[b].words[j]
            if other == 0 or like:
                break
            like = not is_word_of(names, other, a) and (
                share_canonical(names, word, other)
                or sound_or_look_alike(names, word, other)
                or text_similarity(names, word, other, ALIKE) >= ALIKE
            )
        if not like:
            return True
    return False


@njit(cache=True, nogil=True)
def other_compound(names, a, b):
    """Return whether two forenames share a word and each has one of its own.

    Juan Carlos and Juan Pablo are two names, as brothers and twins bear them; letter
    by letter they are alike.
    """
    if names.rows[a].words[1] == 0 or names.rows[b].words[1] == 0:
        return False
    if not share_word(names, a, b):
        return False
    return _like_none(names, a, b) and _like_none(names, b, a)


@njit(cache=True, nogil=True)
def second_name(names, compound, first):
    """Return the word that stands beside ``first`` in a name of two words, or 0."""
    words = names.rows[compound].words
    if words[1] == 0 or words[2] != 0:
        return 0
    if words[0] == first:
        return words[1]
    return words[0] if words[1] == first else 0
