"""What one person's pairs are held to: how often a field that lasts may differ.

Belongs here: the bounds, and what follows from them. Does not belong here: the other
classes and where all of them start (``classes``), estimating (``model``). Why they are
bounded is told in docs/decisions/0022.
"""

import numpy as np
from numpy.typing import NDArray

from dagster_project.linkage.fields import EXTRA_FIELDS, field, level

Bounds = dict[str, dict[str, float]]
"""Share of one person's record pairs at a level of a field."""

LEAST = {"sex": {"different": 0.02}}
"""Share of one person's record pairs at a level at least. A file that never errs in sex
would make one error, or one change of it, speak against the person as strongly as
another name; no weight may part people for that."""

MOST = {
    "first": {
        "close": 0.2,
        "alike": 0.12,
        "similar": 0.06,
        "middle_or_alias": 0.1,
        "different": 0.08,
    },
    "last": {
        "close": 0.2,
        "alike": 0.12,
        "similar": 0.05,
        "as_first": 0.05,
        "as_middle": 0.05,
        "different": 0.2,
    },
    "dob": {
        "one_slip": 0.25,
        "two_parts": 0.08,
        "first_of_january": 0.1,
        "month_and_day": 0.03,
        "two_digits": 0.03,
        "different": 0.05,
    },
    "birth_year": {"one_off": 0.3, "slip": 0.1, "different": 0.05},
    "age": {"six_off": 0.15, "different": 0.05},
    "ssn": {"one_slip": 0.2, "two_digits": 0.1, "last_four": 0.1, "different": 0.15},
    "ssn_last4": {"different": 0.15},
    "sex": {"different": 0.1},
    "suffix": {"different": 0.001},
}
"""And at most: set by judgement, above the files of people at hand. What stays the same
through a life is mostly written the same: in a large roll that holds hardly anybody
twice, people whose names go together would else be taken for the class of one person. A
suffix is written to tell a son from his father; files with few of them would learn from
fathers and sons that one person has two."""

LEAST_OF_A_HOME = {"last": 0.1, "phone": 0.02, "email": 0.005, "address": 0.05}
"""How often two people of one home share what a home shares, at least, for each time
that one person's two records do. Far below the homes of the files at hand. In a file
whose people share none the class would else learn from what goes together by chance,
and know nothing of the one home there is."""

OTHER_HOME = {
    "address": {"zip_other_street": 0.15, "city_other_place": 0.25, "different": 0.1}
}
"""At most where a file tells nothing but names and homes: half of one person's pairs
know one home, or one side none. People move, but there are many namesakes, and here
nothing else would tell a person who moved from two of one language."""

OTHER_DATE = {
    "dob": {"different": 0.02},
    "birth_year": {"different": 0.02},
    "age": {"different": 0.02},
}
"""At most where a file tells nothing but names and birth dates: dates are seldom wholly
wrong, and nothing else would tell a person whose date is from a namesake."""

BESIDE_DATES = ("ssn", "ssn_last4", "phone", "email", "address", *EXTRA_FIELDS)
"""Fields of which any tells namesakes from a person whose date is wrong."""

BESIDE_HOMES = ("dob", "birth_year", "age", "ssn", "ssn_last4", "phone", "email")
"""Fields of which any tells namesakes from a person who moved."""

STAY = ("ssn", "ssn_last4", "suffix")
"""Fields whose bounds hold in every file: a class whose SSNs differ is nobody's, and a
suffix is written to tell two who share what else there is."""

PAIRS_THAT_TELL = (1.0, 2.0)
"""Pairs of one person per record from which on, and by which wholly, a file is believed
about its people's errors: strangers who resemble one another are few beside so many."""

BORROWED = 5.0
"""Pairs without any difference that stand beside a file's own: the one person whom a
small file holds twice may be the one of four whose date is a slip apart."""

BELIEF_STEPS = 30
"""Steps of ``believed_share``; each brings it nearer by the sum of the bounds."""


def told_by_pairs(pairs: float, records: int) -> float:
    """Return how far a file's own pairs of one person tell how often fields differ.

    Args:
        pairs: of one person's records, as far as they keep to the bounds.
        records: how many records there are.
    """
    low, high = PAIRS_THAT_TELL
    return float(np.clip((pairs / max(records, 1) - low) / (high - low), 0.0, 1.0))


def where_little_is_told(counts: NDArray) -> Bounds:
    """Return the bounds of a file that tells little beside names: homes, or dates.

    Sources that tell one thing each may be many, so what they tell is added up.

    Args:
        counts: [field, level] expected pairs of one person.
    """
    known = counts[:, 1:].sum(1)
    bounds: Bounds = {}
    for beside, few, held in (
        (BESIDE_HOMES, 0.5, OTHER_HOME),
        (BESIDE_DATES, 0.1, OTHER_DATE),
    ):
        if sum(known[field(name)] for name in beside) <= few * known.max():
            bounds |= held
    return bounds


def most(told: float = 0.0, little: Bounds | None = None) -> Bounds:
    """Return ``MOST``, given up but for ``STAY`` as far as a file tells by itself.

    Args:
        told: the greater of ``classes.told_by_ssn`` and ``told_by_pairs``.
        little: see ``where_little_is_told``; these hold too, and are not given up.
    """
    given_up = {name: 0.0 if name in STAY else told for name in MOST}
    bounds = {
        name: {
            level_name: bound + given_up[name] * (1.0 - bound)
            for level_name, bound in levels.items()
        }
        for name, levels in MOST.items()
    }
    for name, levels in (little or {}).items():
        bounds[name] = bounds.get(name, {}) | levels
    return bounds


def within_bounds(table: NDArray, bounds: Bounds) -> NDArray[np.float64]:
    """Return a person's levels held to ``LEAST`` and ``bounds``; level 1 is the rest.

    Args:
        table: [field, level] shares, as counted.
        bounds: see ``most``.
    """
    table = table.copy()
    for limits, held in ((LEAST, max), (bounds, min)):
        for name, levels in limits.items():
            place = field(name)
            for level_name, bound in levels.items():
                number = level(name, level_name)
                share = held(float(table[place, number]), bound)
                table[place, 1] += table[place, number] - share
                table[place, number] = share
    return table


def home_within_bounds(home: NDArray, person: NDArray) -> NDArray[np.float64]:
    """Return a home's levels held to ``LEAST_OF_A_HOME``; the others make room.

    Args:
        home: [field, level] shares, as counted.
        person: the same of one person's pairs.
    """
    home = home.copy()
    for name, least in LEAST_OF_A_HOME.items():
        place = field(name)
        share = max(home[place, 1], least * person[place, 1])
        home[place, 2:] *= (1.0 - share) / max(1.0 - home[place, 1], 1e-12)
        home[place, 1] = share
    return home


def believed_share(counts: NDArray, bounds: Bounds) -> float:
    """Return the share of one person's pairs that is believed, from their levels.

    Pairs beyond the bounds are not one person's: t of n pairs are believed where
    t = sum of min(n_l, bound t) over the levels, the least of all fields that more
    than half of the pairs know; ``BORROWED`` pairs are among them.

    Args:
        counts: [field, level] expected pairs of one person.
        bounds: see ``most``.
    """
    share = 1.0
    known = counts[:, 1:].sum(1)
    for name, levels in bounds.items():
        place = field(name)
        if known[place] <= 0.5 * known.max():
            continue
        at_most = np.ones(counts.shape[1])
        for level_name, bound in levels.items():
            at_most[level(name, level_name)] = bound
        found = counts[place].copy()
        found[1] += BORROWED
        found /= known[place] + BORROWED
        found[0], believed = 0.0, 1.0
        for _ in range(BELIEF_STEPS):
            believed = np.minimum(found, at_most * believed).sum()
        share = min(share, believed)
    return float(share)
