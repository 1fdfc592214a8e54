"""Which lists a person's surname and given name come from.

Belongs here: the way from heritage, birthplace and cohort to a list.
Does not belong here: what is written on a person's papers (``legal``).

A *pool* is a people with its own lists; HERITAGES name wider groups.
"""

from datetime import date

import numpy as np

from dagster_project.synthetic.city import Floats, Ints, People
from dagster_project.synthetic.codes import HERITAGES
from dagster_project.synthetic.draws import Draws
from dagster_project.synthetic.names.lists import (
    NameList,
    census_surnames,
    given_names,
    rare_surnames,
    surnames_by_hand,
)

POOLS = (
    "latino",
    "black",
    "white",
    "native",
    "chinese",
    "vietnamese",
    "filipino",
    "samoan",
    "tongan",
    "arab",
    "russian",
    "mayan",
    "south_asian",
    "korean",
    "japanese",
    "southeast_asian",
)
CENSUS_POOLS = POOLS[:4]
MIXED = {
    "several": (("white", 0.4), ("black", 0.3), ("latino", 0.2), ("filipino", 0.1)),
    "pacific_islander": (("samoan", 0.65), ("tongan", 0.35)),
    "other_asian": (
        ("south_asian", 0.4),
        ("korean", 0.25),
        ("southeast_asian", 0.2),
        ("japanese", 0.15),
    ),
}
"""Heritages that hold several peoples, with shares [A]."""
RARE_SHARE = 0.12
"""Share of surnames from the long tail, so that rare names exist (made_up_city §2)."""
OWN_GIVEN = {
    "latino": (0.55, 0.95),
    "native": (0.10, 0.10),
    "chinese": (0.50, 1.00),
    "vietnamese": (0.40, 0.90),
    "filipino": (0.70, 0.90),
    "samoan": (0.55, 0.90),
    "tongan": (0.55, 0.90),
    "arab": (0.90, 1.00),
    "russian": (0.50, 1.00),
    "mayan": (1.00, 1.00),
    "south_asian": (0.70, 0.95),
    "korean": (0.30, 0.80),
    "japanese": (0.40, 0.90),
    "southeast_asian": (0.60, 0.90),
}
"""Share with a given name of their own people: born here, born abroad [A]."""
OWN_GIVEN_BLACK = (0.12, 0.35, 0.45)
"""Share of Black people with a name that is mostly African American, by cohort [A]."""
GIVEN_LIST = {"latino": "spanish"}
BORN_1965 = (date(1965, 1, 1) - date(1970, 1, 1)).days
BORN_1990 = (date(1990, 1, 1) - date(1970, 1, 1)).days


def pools(people: People, draws: Draws) -> Ints:
    """Return each person's pool."""
    number = draws.uniform("name pool", people.person)
    pool = np.zeros(len(people.person), dtype=np.int8)
    for code, name in enumerate(HERITAGES):
        rows = people.heritage == code
        parts = MIXED.get(name, ((name, 1.0),))
        edges = np.cumsum([share for _, share in parts])[:-1]
        codes = np.array([POOLS.index(part) for part, _ in parts])
        pool[rows] = codes[np.searchsorted(edges, number[rows], side="right")]
    return pool


def cohorts(people: People) -> Ints:
    """Return each person's position in ``lists.COHORTS``."""
    return np.searchsorted([BORN_1965, BORN_1990], people.birth_day, side="right")


def take(names: NameList, number: Floats) -> tuple[np.ndarray, np.ndarray]:
    """Return names, and their spellings where there are several (else None)."""
    position = names.position(number)
    spellings = np.empty(len(names.names), dtype=object)
    for place, forms in enumerate(names.spellings):
        spellings[place] = forms if len(forms) > 1 else None
    return names.names[position], spellings[position]


def draw_surnames(pool: Ints, number: Floats, rare: Floats) -> tuple:
    """Draw surnames.

    Args:
        pool: Each person's pool.
        number: Which name.
        rare: Below ``RARE_SHARE``: from the long tail.

    Returns:
        Names, and tuples of spellings where a name has several.
    """
    names = np.full(len(pool), "", dtype=object)
    spellings = np.full(len(pool), None, dtype=object)
    for code, name in enumerate(POOLS):
        rows = np.flatnonzero(pool == code)
        if name not in CENSUS_POOLS:
            listed = surnames_by_hand(name)
            names[rows], spellings[rows] = take(listed, number[rows])
            continue
        common = rows[rare[rows] >= RARE_SHARE]
        names[common], _ = take(census_surnames(name), number[common])
        seldom = rows[rare[rows] < RARE_SHARE]
        names[seldom], _ = take(rare_surnames(name), number[seldom])
    return names, spellings


def draw_given(list_code: Ints, lists: tuple, people: People, number: Floats) -> tuple:
    """Draw given names from one of ``lists`` each, by sex and cohort."""
    names = np.full(len(number), "", dtype=object)
    spellings = np.full(len(number), None, dtype=object)
    cohort = cohorts(people)
    for code, name in enumerate(lists):
        for sex, letter in enumerate("FM"):
            for era in range(3):
                rows = (list_code == code) & (people.sex == sex) & (cohort == era)
                listed = given_names(name, letter, era)
                names[rows], spellings[rows] = take(listed, number[rows])
    return names, spellings


def given_lists() -> tuple[str, ...]:
    """Return the lists of first names: English, then one per pool that has its own."""
    return ("english", "black", *(GIVEN_LIST.get(p, p) for p in OWN_GIVEN))


def given_list_of(people: People, pool: Ints, draws: Draws) -> Ints:
    """Return which of ``given_lists`` each person's first name comes from."""
    own = draws.uniform("own given", people.person)
    chance = np.zeros(len(pool))
    code = np.zeros(len(pool), dtype=np.int8)
    black = pool == POOLS.index("black")
    chance[black] = np.take(OWN_GIVEN_BLACK, cohorts(people))[black]
    code[black] = 1
    for place, (name, shares) in enumerate(OWN_GIVEN.items()):
        rows = pool == POOLS.index(name)
        chance[rows] = np.take(shares, people.born_abroad[rows].astype(int))
        code[rows] = place + 2
    return np.where(own < chance, code, 0)
