"""What the classes of the mixture are held to: where they start, what a home shares.

Belongs here: the tables over levels that are fixed by design. Does not belong here:
estimating the free ones (``model``).
"""

import numpy as np
from numpy.typing import NDArray

from dagster_project.linkage.chance import level_mask
from dagster_project.linkage.fields import LEVEL_COUNTS, LEVEL_SLOTS, field, level

SHARED = tuple(field(name) for name in ("last", "phone", "email", "address"))
"""What people of one home share; in their class these are estimated."""

OF_TWINS = (*SHARED, *(field(name) for name in ("dob", "birth_year", "age")))
"""What twins share as one person's records do."""

COPIED_NUMBER = 0.005
"""Share of a household's pairs that carry one SSN: numbers copied inside a family."""

NAMESAKE = 0.02
"""Share of a household's pairs that bear one forename at least: father and son."""

NAMESAKES = 0.003
"""Pairs of namesakes' records per pair of one person's at least. Some 3 % of American
men carry a suffix; one in ten is taken to be met together with his father or son."""

TWINS, MOST_TWINS = 0.004, 0.05
"""Pairs of twins' records per pair of one person's records, at least and at most. Twins
are 3.1 % of American births (CDC, NVSS 2021), and one in eight at least is taken to be
met together with the other; both are met as often as anybody."""

TWINS_OF_UNLIKE, MOST_ASSUMED = 0.16, 0.006
"""Twins per pair of one person whose forenames are unlike, at least; and up to which
share of twins that holds. The more often a file gives one person two names, the more
pairs of twins may pass for that; a home, a surname and a date do not tell, and so the
pair is asked about."""

TWIN_PRIOR = 2000.0
"""Pairs of one person that ``TWINS`` is believed like: where nothing but the forename
differs, a file cannot tell twins from wrong forenames, and only one with many pairs
that other fields decide says how many there are."""

OTHER_FORENAME, OTHER_FORENAME_PRIOR = 0.02, 200.0
"""Share of one person's record pairs whose forenames are unlike, and as how many pairs
it is believed: the few pairs of a small file may all be twins'."""

TWIN_FORENAMES = {"equal": 0.01, "close": 0.02, "alike": 0.05, "similar": 0.08}
"""Shares of twins whose forenames are alike: parents match them (Mariana and Martina,
Wei Ming and Wei Liang) or part them by the second name alone (Juan Carlos and Juan
Pablo), where other kin's are no more alike than strangers'. One in six of them all is
an assumption, not a count; what matters is that it is not one in a hundred."""

MOST_KIN = 0.2
"""Share of a household's pairs that are namesakes at most, where few households are."""

FEWEST_HOUSEHOLD_PAIRS = 0.05
"""Pairs of records of one home per pair of one person's at least: files that show no
household by their addresses hold kin all the same."""

SAME_FORENAME = 0.1
"""Two of a home seldom share a forename: factor on equal."""

NEAR_FORENAME = 0.5
"""And seldom have nearly equal ones: factor on nickname, close and alike."""

START_EQUAL = 0.8
"""Share of level 1 that the classes start from."""


def household_table(household: NDArray, u: NDArray) -> NDArray[np.float64]:
    """Return h[stratum, field, level]: free where shared, else as by chance.

    What a household copies beside that (``copied_shares``), twins and namesakes are
    added by the kernels, since that depends on how rare the copied value is.
    """
    table = u.copy()
    first = field("first")
    table[:, first, 1] *= SAME_FORENAME
    table[:, first, 2:5] *= NEAR_FORENAME
    table[:, first, 1:] /= table[:, first, 1:].sum(1, keepdims=True)
    for place in SHARED:
        table[:, place] = household[place]
    table[:, :, 0] = 1.0
    return table


def copied_shares() -> NDArray[np.float64]:
    """Return per field the share of a household's pairs that agree as one person's."""
    shares = np.zeros(len(LEVEL_COUNTS))
    shares[[field("ssn"), field("ssn_last4")]] = COPIED_NUMBER
    return shares


def twin_forenames(u: NDArray) -> NDArray[np.float64]:
    """Return t[stratum, level]: how alike the forenames of twins are."""
    first = field("first")
    table = u[:, first].copy()
    for name, share in TWIN_FORENAMES.items():
        number = level("first", name)
        table[:, number] = np.maximum(table[:, number], share)
    table[:, 1:] /= table[:, 1:].sum(1, keepdims=True)
    table[:, 0] = 1.0
    return table


def told_by_ssn(counts: NDArray) -> float:
    """Return how far SSNs tell who is who: 0 if half of the pairs or fewer have two.

    A file whose every pair has two says itself how often its other fields err and how
    many twins it holds: there is no need to tell it, and 1 is returned.

    Args:
        counts: [field, level] expected pairs of one person.
    """
    known = counts[field("ssn"), 1:].sum() / max(counts[:, 1:].sum(1).max(), 1e-9)
    return float(np.clip(2.0 * known - 1.0, 0.0, 1.0))


def twin_share(
    match_pairs: float, twin_pairs: float, unlike: float, told: float
) -> float:
    """Return the pairs of twins per pair of one person, as far as they are believed.

    Twins have two SSNs. Where these tell who is who, a file that shows no twins is
    taken at its word: all that is known before it is the mean, which is a prior of one
    pair of twins (of the rates with this mean, the exponential assumes least), and the
    share is at least what that leaves after so many pairs.

    Args:
        match_pairs: record pairs of one person that were counted.
        twin_pairs: of twins.
        unlike: share of one person's pairs whose forenames are unlike.
        told: see ``told_by_ssn``.
    """
    prior = (1.0 - told) * TWIN_PRIOR + told / TWINS
    share = (twin_pairs + TWINS * prior) / (match_pairs + prior)
    least = np.clip(TWINS_OF_UNLIKE * unlike, TWINS, MOST_ASSUMED)
    least *= 1.0 - told + told / (1.0 + least * match_pairs)
    return float(np.clip(share, least, MOST_TWINS))


def namesake_share(match_pairs: float, household_pairs: float) -> float:
    """Return the share of namesakes among the pairs of one home."""
    matches = match_pairs / max(household_pairs, 1e-9)
    return float(np.clip(NAMESAKES * matches, NAMESAKE, MOST_KIN))


def with_usual_forenames(table: NDArray, pairs: float) -> NDArray[np.float64]:
    """Return a person's levels, how often forenames differ drawn to what is usual.

    Args:
        table: [field, level] shares, as counted.
        pairs: of one person's records that were counted.
    """
    place, number = field("first"), level("first", "different")
    found = table[place, number]
    usual = OTHER_FORENAME_PRIOR * OTHER_FORENAME
    share = (found * pairs + usual) / (pairs + OTHER_FORENAME_PRIOR)
    table = table.copy()
    table[place, 1:] *= (1.0 - share) / max(1.0 - found, 1e-12)
    table[place, number] = share
    return table


def start_table() -> NDArray[np.float64]:
    """Return the levels a class starts from: mostly equal, the rest spread evenly."""
    rest = (1 - START_EQUAL) / (LEVEL_COUNTS - 1)
    table = np.repeat(rest[:, None], LEVEL_SLOTS, axis=1) * level_mask()
    table[:, 1] = START_EQUAL
    table[:, 0] = 1.0
    return table
