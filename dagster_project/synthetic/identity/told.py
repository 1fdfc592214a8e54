"""Numbers told to whom: SSN whole, in part or wrong; own and shared phones; e-mail.

Belongs here: what a record holds of a person's numbers. Does not belong here: the
numbers themselves (``numbers``).
"""

import numpy as np

from dagster_project.synthetic.city import Flags, Ints, People
from dagster_project.synthetic.draws import Draws
from dagster_project.synthetic.identity import numbers
from dagster_project.synthetic.identity.correlation import Tendency
from dagster_project.synthetic.identity.errors import Dice
from dagster_project.synthetic.identity.places import family_head
from dagster_project.synthetic.identity.plan import LOG_SYSTEM, Plan
from dagster_project.synthetic.identity.rates import CAREFUL_NUMBER, rate

WRONG_SSN = (0.50, 0.25, 0.15, 0.10)
"""One digit, two digits swapped, kin's or anybody's, invented [A]."""
CASE_MANAGERS = 60
SHARED_KINDS = (0.55, 0.30)
"""Shared phones: shelter desk, case manager; the rest a partner's or relative's [A]."""
EMAIL = (0.0, 0.0, 0.0, 0.35, 0.0)
"""Hospital patients with an e-mail address; other exports have no field for it or
leave it empty [A]."""
NAMELESS_PHONE = 0.1
"""Phone of somebody without a name, as a share of the others [A]."""
LOG_PHONE_FORMS = (0.4, 0.6)
"""Log phones as (555) 234-5678 and as ten digits, cumulated [A]."""


def wrong_ssn(ssn: str, other: str, kind: int, number: float) -> str:
    """Return another well-formed SSN of the allowed areas.

    The area stays: a wrong digit there could make a number somebody has.
    """
    dice = Dice(number)
    if kind == 2 and other != ssn:
        return other
    digits, result = list(ssn), ssn
    while result == ssn or result[3:5] == "00" or result[5:] == "0000":
        digits = list(ssn)
        at = 3 + dice.below(6)
        if kind == 0:
            digits[at] = str(dice.below(10))
        elif kind == 1 and at < 8:
            digits[at], digits[at + 1] = digits[at + 1], digits[at]
            # Two digits alike cannot be swapped visibly: a wrong digit, then.
            kind = 1 if digits[at] != digits[at + 1] else 0
        else:
            digits[3:] = f"{1 + dice.below(99):02d}{1 + dice.below(9999):04d}"
        result = "".join(digits)
    return result


def told_ssns(
    people: People, plan: Plan, tendency: Tendency, nameless: Flags, seed: int
) -> tuple[dict[str, np.ndarray], Ints, np.ndarray]:
    """Return ``ssn`` and ``ssn_quality``, rows with a wrong one, the right ones."""
    draws, who, key = Draws(seed), plan.identity, plan.key
    right = numbers.ssns(people.person, seed)
    whole = rate("ssn_full", plan.source) / CAREFUL_NUMBER
    part = rate("ssn_last_4", plan.source) / CAREFUL_NUMBER
    # Who tells one source tells the next: half of the draw belongs to the person.
    own = draws.uniform("tells ssn", plan.person)
    number = draws.uniform("ssn told", plan.person, key)
    number = np.where(draws.uniform("mood", plan.person, key) < 0.5, own, number)
    can = people.has_ssn[who] & people.knows_ssn[who] & ~nameless
    full = can & (number < whole)
    last = can & ~full & (number < whole + part)
    wrong = tendency.hit("ssn wrong", rate("ssn_wrong_when_given", plan.source))
    wrong &= full | last
    texts = np.where(full | last, right[who], "").astype(object)
    kinds = draws.pick("wrong ssn", plan.person, WRONG_SSN, key)
    dice = draws.uniform("ssn digit", plan.person, key)
    rows = np.flatnonzero(wrong)
    for row in rows:
        one = who[row]
        kin = people.kin[one] if people.kin[one] >= 0 else int(dice[row] * one)
        texts[row] = wrong_ssn(texts[row], right[kin], kinds[row], dice[row])
    clean = np.where(full | last, right[who], "").astype(object)
    for column in (texts, clean):
        column[last] = [text[5:] for text in column[last]]
    why = np.where(number > 0.9, 9, np.where(number > 0.8, 8, 99))
    quality = np.where(full, 1, np.where(last, 2, why))
    return {"ssn": texts, "ssn_quality": quality}, rows, clean


def told_phones(
    people: People, plan: Plan, nameless: Flags, day: Ints, seed: int
) -> tuple[np.ndarray, Flags]:
    """Return each record's phone as of a day, and which are shared."""
    draws, who, key = Draws(seed), plan.identity, plan.key
    chance = rate("phone", plan.source) * np.where(nameless, NAMELESS_PHONE, 1.0)
    has = draws.uniform("phone told", plan.person, key) < chance
    shared = has & (
        draws.uniform("phone shared", plan.person, key)
        < rate("phone_shared", plan.source)
    )
    version = numbers.phone_version(who, day, seed)
    texts = np.full(len(who), "", dtype=object)
    own = np.flatnonzero(has & ~shared)
    texts[own] = numbers.own_phones(who[own], version[own], seed)
    kind = draws.uniform("shared phone", plan.person, key)
    manager = 8 + draws.below("case manager", who, CASE_MANAGERS)
    desk = np.where(kind < SHARED_KINDS[0], people.area[who], manager)
    rows = np.flatnonzero(shared)
    texts[rows] = numbers.shared_phones(desk[rows])
    head = family_head(people)[who]
    family = np.flatnonzero(shared & (kind >= sum(SHARED_KINDS)) & (head != who))
    texts[family] = numbers.own_phones(head[family], version[family], seed)
    log = np.flatnonzero((plan.system == LOG_SYSTEM) & has)
    style = draws.uniform("phone style", plan.person[log], key[log])
    for row, number in zip(log, style, strict=True):
        area, exchange, line = texts[row].split("-")
        if number < LOG_PHONE_FORMS[0]:
            texts[row] = f"({area}) {exchange}-{line}"
        elif number < LOG_PHONE_FORMS[1]:
            texts[row] = area + exchange + line
    return texts, shared


def told_emails(
    people: People, plan: Plan, nameless: Flags, addresses: np.ndarray, seed: int
) -> np.ndarray:
    """Return each record's e-mail address, ``""`` for none."""
    number = Draws(seed).uniform("e-mail", plan.identity, plan.key)
    has = (number < np.take(EMAIL, plan.source)) & ~nameless
    return np.where(has, addresses[plan.identity], "").astype(object)
