"""Jaro-Winkler similarity on code points, compiled; jellyfish gives its meaning.

Belongs here: the similarity and the exact bound that spares it. Does not belong here:
which similarity is called close (``compare``).
"""

import numpy as np
from numba import njit, uint64

WORD = 64
"""Names up to this length keep their matches in one machine word; longer ones in
arrays. Nothing is cut off."""

BOOST_FROM = 0.7
"""Winkler's prefix bonus applies above this Jaro similarity, as jellyfish has it."""

PREFIX = 4
"""Longest common prefix that earns the bonus (Winkler 1990)."""


@njit(cache=True, nogil=True, inline="always")
def bits(word):
    """Return the number of bits set (Warren, Hacker's Delight, 5-2)."""
    word = word - ((word >> uint64(1)) & uint64(0x5555555555555555))
    word = (word & uint64(0x3333333333333333)) + (
        (word >> uint64(2)) & uint64(0x3333333333333333)
    )
    word = (word + (word >> uint64(4))) & uint64(0x0F0F0F0F0F0F0F0F)
    return (word * uint64(0x0101010101010101)) >> uint64(56)


@njit(cache=True, nogil=True)
def _boosted(points, a, length_a, b, length_b, jaro):
    if jaro <= BOOST_FROM:
        return jaro
    prefix = 0
    for place in range(min(PREFIX, min(length_a, length_b))):
        if points[a + place] != points[b + place]:
            break
        prefix += 1
    return jaro + prefix * 0.1 * (1.0 - jaro)


@njit(cache=True, nogil=True)
def _matched_in_words(points, a, length_a, b, length_b, window):
    """Return matches and transposed letters of two texts of at most 64 letters."""
    in_a, in_b = uint64(0), uint64(0)
    matches = 0
    for i in range(length_a):
        low = max(0, i - window)
        high = min(length_b, i + window + 1)
        for j in range(low, high):
            bit = uint64(1) << uint64(j)
            if not in_b & bit and points[a + i] == points[b + j]:
                in_a |= uint64(1) << uint64(i)
                in_b |= bit
                matches += 1
                break
    transposed = 0
    j = 0
    for i in range(length_a):
        if in_a & (uint64(1) << uint64(i)):
            while not in_b & (uint64(1) << uint64(j)):
                j += 1
            if points[a + i] != points[b + j]:
                transposed += 1
            j += 1
    return matches, transposed


@njit(cache=True, nogil=True)
def _matched_in_arrays(points, a, length_a, b, length_b, window):
    """Return the same for texts of any length."""
    in_a = np.zeros(length_a, np.bool_)
    in_b = np.zeros(length_b, np.bool_)
    matches = 0
    for i in range(length_a):
        for j in range(max(0, i - window), min(length_b, i + window + 1)):
            if not in_b[j] and points[a + i] == points[b + j]:
                in_a[i] = True
                in_b[j] = True
                matches += 1
                break
    transposed = 0
    j = 0
    for i in range(length_a):
        if in_a[i]:
            while not in_b[j]:
                j += 1
            if points[a + i] != points[b + j]:
                transposed += 1
            j += 1
    return matches, transposed


@njit(cache=True, nogil=True)
def jaro_winkler(points, a, length_a, b, length_b):
    """Return the similarity of two texts that lie in ``points`` at ``a`` and ``b``.

    Jaro (1989) with Winkler's (1990) prefix bonus: (m/|a| + m/|b| + (m - t)/m)/3 with m
    letters found within max(|a|, |b|)//2 - 1 places and t half the transposed ones,
    rounded down.
    """
    if length_a == 0 or length_b == 0:
        return 0.0
    window = max(0, max(length_a, length_b) // 2 - 1)
    if length_a <= WORD and length_b <= WORD:
        m, t = _matched_in_words(points, a, length_a, b, length_b, window)
    else:
        m, t = _matched_in_arrays(points, a, length_a, b, length_b, window)
    if m == 0:
        return 0.0
    jaro = (m / length_a + m / length_b + (m - t // 2) / m) / 3.0
    return _boosted(points, a, length_a, b, length_b, jaro)


@njit(cache=True, nogil=True)
def best_possible(points, a, length_a, b, length_b, bag_a, bag_b):
    """Return an upper bound of ``jaro_winkler`` from the letter bags.

    Two texts with m common letters differ in at most |a| + |b| - 2m bag bits, so m is
    at most (|a| + |b| - bits)/2; Jaro with that m and no transposition, and the actual
    prefix, bounds the similarity.
    """
    if length_a == 0 or length_b == 0:
        return 0.0
    m = (length_a + length_b - int(bits(bag_a ^ bag_b))) / 2.0
    m = min(m, float(min(length_a, length_b)))
    if m <= 0.0:
        return 0.0
    jaro = (m / length_a + m / length_b + 1.0) / 3.0
    return _boosted(points, a, length_a, b, length_b, jaro)


@njit(cache=True, nogil=True)
def text_similarity(table, i, j, floor):
    """Return the similarity of texts i and j, or 0 when it cannot reach ``floor``."""
    a, b = table.rows[i].start, table.rows[j].start
    length_a, length_b = table.rows[i].length, table.rows[j].length
    bound = best_possible(
        table.points, a, length_a, b, length_b, table.rows[i].bag, table.rows[j].bag
    )
    if bound < floor - 1e-12:
        return 0.0
    return jaro_winkler(table.points, a, length_a, b, length_b)


@njit(cache=True, nogil=True)
def one_edit(table, i, j):
    """Return whether one letter changed, came or went, or two neighbours swapped.

    Damerau (1964) found four of five spelling errors to be such a one. The letter bags
    of two such texts differ in two bits at most.
    """
    length_a, length_b = table.rows[i].length, table.rows[j].length
    if abs(length_a - length_b) > 1:
        return False
    if bits(table.rows[i].bag ^ table.rows[j].bag) > uint64(2):
        return False
    points = table.points
    a, b = table.rows[i].start, table.rows[j].start
    same = 0
    least = min(length_a, length_b)
    while same < least and points[a + same] == points[b + same]:
        same += 1
    skip_a, skip_b = int(length_a >= length_b), int(length_b >= length_a)
    if _same_rest(points, a, length_a, same + skip_a, b, length_b, same + skip_b):
        return True
    swapped = (
        length_a == length_b
        and same + 1 < least
        and points[a + same] == points[b + same + 1]
        and points[a + same + 1] == points[b + same]
    )
    return swapped and _same_rest(points, a, length_a, same + 2, b, length_b, same + 2)


@njit(cache=True, nogil=True, inline="always")
def _same_rest(points, a, length_a, from_a, b, length_b, from_b):
    if length_a - from_a != length_b - from_b:
        return False
    for place in range(length_a - from_a):
        if points[a + from_a + place] != points[b + from_b + place]:
            return False
    return True
