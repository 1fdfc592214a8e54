"""A person's legal name, and the other names the person goes by.

Belongs here: what stands on papers, and what kin share.
Does not belong here: which form a department gets (``practice``), mistakes.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dagster_project.synthetic.city import Flags, Ints, People
from dagster_project.synthetic.codes import (
    GENDERS,
    HOUSEHOLD_ROLES,
    KIN_KINDS,
    WINDOW_START,
)
from dagster_project.synthetic.draws import Draws
from dagster_project.synthetic.names.heritage import (
    POOLS,
    draw_given,
    draw_surnames,
    given_list_of,
    given_lists,
    pools,
)
from dagster_project.synthetic.names.lists import street_names

Texts = NDArray[np.object_]

TWO_SURNAMES = (0.35, 0.85)
"""Latino people with two surnames: born here, born abroad (made_up_city §2)."""
MARRIED = 0.04
"""Surname changes within two years (made_up_city §2)."""
STREET_NAME = 0.22
"""People known by a street name (made_up_city §2)."""
CHOSEN_NAME = 0.60
"""Transgender people whose chosen name differs from the legal one."""
HAS_MIDDLE = 0.75
"""Share with a middle name where the practice does not decide [A]."""
SURNAME_KIN = ("twin", "namesake_father", "sibling", "same_name")
COUPLE_SHARES_SURNAME = 0.40
CHILD_SHARES_SURNAME = 0.90
"""Of couples and of children with their household's head [A]."""


@dataclass(frozen=True)
class LegalNames:
    """One row per person; ``""`` where there is none."""

    pool: Ints
    first: Texts
    first_spellings: Texts  # tuple of romanisations, or None
    middle: Texts
    surname: Texts
    surname_spellings: Texts
    second_surname: Texts
    suffix: Texts
    chosen: Texts  # another first name, in daily use
    street: Texts
    street_last: Texts  # second part of an outreach worker's description
    father: Texts  # father's first name, where it may serve as a surname
    english: Texts  # English given name of a Chinese person
    married: Texts
    married_day: Ints  # -1 = no change


def legal_names(people: People, seed: int) -> LegalNames:
    """Draw everybody's names."""
    draws, who = Draws(seed), people.person
    pool = pools(people, draws)
    surname, surname_spellings = draw_surnames(
        pool, draws.uniform("surname", who), draws.uniform("rare surname", who)
    )
    lists = given_lists()
    listed = given_list_of(people, pool, draws)
    first, first_spellings = draw_given(
        listed, lists, people, draws.uniform("first", who)
    )
    second, _ = draw_surnames(
        pool, draws.uniform("second surname", who), draws.uniform("rare second", who)
    )
    spanish = np.isin(pool, [POOLS.index("latino"), POOLS.index("mayan")])
    has_two = np.take(TWO_SURNAMES, people.born_abroad.astype(int))
    has_two = spanish & (draws.uniform("two surnames", who) < has_two)
    father, _ = draw_given(listed, lists, _as_men(people), draws.uniform("father", who))
    names = {
        "pool": pool,
        "surname": surname,
        "surname_spellings": surname_spellings,
        "second_surname": np.where(has_two, second, ""),
        "first": first,
        "first_spellings": first_spellings,
    }
    _share(names, people, draws)
    middle = _middle_names(people, draws, pool, second, father, listed)
    return LegalNames(
        **names,
        middle=np.where(
            (middle == names["first"]) | (middle == names["surname"]), "", middle
        ),
        suffix=_suffixes(people, draws),
        chosen=_chosen(people, draws, names["first"]),
        **_street(people, draws),
        father=father,
        english=_english(people, draws, pool),
        **_married(people, draws, pool),
    )


def _as_men(people: People) -> People:
    return People(**{**vars(people), "sex": np.ones_like(people.sex)})


def _share(names: dict[str, np.ndarray], people: People, draws: Draws) -> None:
    """Give the later of two kin, or a household's member, the earlier one's name."""
    kind, other = people.kin_kind, people.kin.copy()
    number = draws.uniform("shares surname", people.person)
    same = np.isin(kind, [KIN_KINDS.index(name) for name in SURNAME_KIN])
    same |= (kind == KIN_KINDS.index("couple")) & (number < COUPLE_SHARES_SURNAME)
    child = people.household_role == HOUSEHOLD_ROLES.index("child")
    partner = people.household_role == HOUSEHOLD_ROLES.index("partner")
    member = (child & (number < CHILD_SHARES_SURNAME)) | (
        partner & (number < COUPLE_SHARES_SURNAME)
    )
    other = np.where(member, people.household, other)
    rows = np.flatnonzero((same | member) & (other >= 0) & (other < people.person))
    alike = ("namesake_father", "same_name")
    both = np.isin(kind[rows], [KIN_KINDS.index(name) for name in alike])
    for name in ("pool", "surname", "surname_spellings", "second_surname"):
        names[name][rows] = names[name][other[rows]]
    for name in ("first", "first_spellings"):
        names[name][rows[both]] = names[name][other[rows[both]]]
    twins = rows[kind[rows] == KIN_KINDS.index("twin")]
    alike = twins[names["first"][twins] == names["first"][other[twins]]]
    # Two lives, one list: twins who drew the same forename get their second choice.
    if len(alike):
        again = draws.uniform("first of twin", people.person[alike])
        some = People(**{k: v[alike] for k, v in vars(people).items()})
        names["first"][alike], names["first_spellings"][alike] = draw_given(
            np.zeros(len(alike), dtype=int), ("english",), some, 0.3 + 0.7 * again
        )


def _middle_names(
    people: People, draws: Draws, pool: Ints, second: Texts, father: Texts, listed: Ints
) -> Texts:
    """Draw middle names: a second given name, a patronymic, a mother's surname."""
    who = people.person
    number = draws.uniform("middle", who)
    middle, _ = draw_given(listed, given_lists(), people, number)
    middle = np.where(draws.uniform("has middle", who) < HAS_MIDDLE, middle, "")

    def is_pool(name: str) -> Flags:
        return pool == POOLS.index(name)

    one = np.zeros(len(who), dtype=int)
    vietnamese, _ = draw_given(one, ("vietnamese_middle",), people, number)
    russian, _ = draw_given(one, ("russian_patronymic",), people, number)
    chinese, _ = draw_given(one, ("chinese",), people, number)
    middle = np.where(is_pool("vietnamese"), vietnamese, middle)
    own = listed == given_lists().index("russian")
    middle = np.where(is_pool("russian") & own, russian, middle)
    middle = np.where(is_pool("arab"), father, middle)
    middle = np.where(is_pool("filipino"), second, middle)
    own = listed == given_lists().index("chinese")
    return np.where(is_pool("chinese"), np.where(own, "", chinese), middle)


def _suffixes(people: People, draws: Draws) -> Texts:
    """Draw Jr for a namesake son, and suffixes of men whose kin we never see.

    A father's papers do not change when a son appears, so he gets no Sr for it.
    """
    number = draws.uniform("suffix", people.person)
    men = people.sex == 1
    suffix = np.where(men & (number < 0.025), "Jr", "").astype(object)
    suffix[men & (number >= 0.025) & (number < 0.032)] = "III"
    suffix[men & (number >= 0.032) & (number < 0.037)] = "Sr"
    sons = np.flatnonzero(people.kin_kind == KIN_KINDS.index("namesake_father"))
    suffix[sons] = "Jr"
    return suffix


def _chosen(people: People, draws: Draws, first: Texts) -> Texts:
    crossed = np.char.startswith(np.array(GENDERS), "trans")[people.gender]
    uses = crossed & (draws.uniform("chosen", people.person) < CHOSEN_NAME)
    woman = people.gender == GENDERS.index("transgender_woman")
    lived = People(**{**vars(people), "sex": np.where(woman, 0, 1)})
    english = np.zeros(len(first), dtype=int)
    number = draws.uniform("chosen name", people.person)
    chosen, _ = draw_given(english, ("english",), lived, number)
    return np.where(uses & (chosen != first), chosen, "")


def _street(people: People, draws: Draws) -> dict[str, Texts]:
    parts = {k: np.array(v, dtype=object) for k, v in street_names().items()}
    who = people.person

    def pick(part: str) -> Texts:
        return parts[part][draws.below(f"street {part}", who, len(parts[part]))]

    described = draws.uniform("street kind", who) < 0.4
    known = draws.uniform("street name", who) < STREET_NAME
    return {
        "street": np.where(
            known, np.where(described, pick("look"), pick("nickname")), ""
        ),
        "street_last": np.where(known & described, pick("place"), ""),
    }


def _english(people: People, draws: Draws, pool: Ints) -> Texts:
    """Draw the English given name of half the Chinese people."""
    rows = pool == POOLS.index("chinese")
    rows &= draws.uniform("english name", people.person) < 0.5
    number = draws.uniform("which english", people.person)
    one = np.zeros(len(pool), dtype=int)
    name, _ = draw_given(one, ("chinese_english",), people, number)
    return np.where(rows, name, "")


def _married(people: People, draws: Draws, pool: Ints) -> dict[str, np.ndarray]:
    who = people.person
    changes = draws.uniform("married", who) < MARRIED
    name, _ = draw_surnames(
        pool, draws.uniform("married name", who), draws.uniform("married rare", who)
    )
    day = WINDOW_START - 60 + draws.below("married day", who, 700)
    return {
        "married": np.where(changes, name, ""),
        "married_day": np.where(changes, day, -1),
    }
