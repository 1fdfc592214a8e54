"""What every record says when it is first written, and what it ought to say.

Belongs here: the order in which names, dates and numbers become a record's content;
false identities; ePCRs copied from the last one.
Does not belong here: later changes (``mending``), planted records (``planted``).
"""

from dataclasses import dataclass

import numpy as np

from dagster_project.synthetic.city import Contacts, Flags, Ints, People
from dagster_project.synthetic.codes import SYSTEMS
from dagster_project.synthetic.draws import Draws
from dagster_project.synthetic.identity import dates, numbers
from dagster_project.synthetic.identity.correlation import Tendency
from dagster_project.synthetic.identity.demographics import demographics
from dagster_project.synthetic.identity.places import addresses
from dagster_project.synthetic.identity.plan import EPCR_SYSTEM, Plan
from dagster_project.synthetic.identity.rates import (
    COPIED_FORWARD,
    DATELESS_WHEN_NAMELESS,
    FALSE_EACH,
    FALSE_IDENTITY,
    rate,
)
from dagster_project.synthetic.identity.told import (
    told_emails,
    told_phones,
    told_ssns,
)
from dagster_project.synthetic.identity.written_names import (
    NONE,
    RIGHT,
    WRONG,
    Content,
    name_states,
    type_log_names,
    write_names,
)
from dagster_project.synthetic.names.legal import LegalNames
from dagster_project.synthetic.names.practice import Practice

NAME_FIELDS = ("first", "middle", "last", "suffix", "alias", "name_quality")
DATE_FIELDS = ("dob", "dob_quality", "age")


@dataclass(frozen=True)
class Written:
    """Content of records; ``clean`` is what it would be without mistakes."""

    content: Content
    clean: Content
    name_state: Ints
    date_state: Ints
    ssn_wrong: Flags
    phone_shared: Flags


def write_content(
    people: People, contacts: Contacts, plan: Plan, names: LegalNames, seed: int
) -> Written:
    """Write every record for the first time."""
    draws, who = Draws(seed), plan.identity
    women = people.sex[who] == 0
    practice = Practice(names, who, plan.system, plan.form, seed)
    clean: Content = practice.forms(plan.created_day, women)
    clean["name_quality"] = np.ones(len(who), dtype=np.int64)
    birth = people.birth_day[who].astype(np.int64)
    false_name, false_date = _false_identities(plan, names, clean, birth, draws)

    tendency = Tendency(people, contacts, plan, mechanisms(names)[who], seed)
    name_state = name_states(plan, contacts, names, tendency)
    content = {field: values.copy() for field, values in clean.items()}
    write_names(content, name_state, plan, people, names, seed)
    type_log_names(content, plan, draws)
    name_state[false_name & (name_state == RIGHT)] = WRONG
    nameless = name_state == NONE

    date_state, written = _dates(people, plan, tendency, nameless, birth, draws)
    for target, state, day in (
        (content, date_state, written),
        (clean, np.full(len(who), dates.RIGHT), birth),
    ):
        number = draws.uniform("date text", plan.person, plan.key)
        target.update(dates.written_dates(state, day, plan.system, number))
    date_state[false_date & (date_state == dates.RIGHT)] = dates.WRONG

    ssn, wrong_rows, clean_ssn = told_ssns(people, plan, tendency, nameless, seed)
    content.update(ssn)
    clean["ssn"] = clean_ssn
    phone, shared = told_phones(people, plan, nameless, plan.created_day, seed)
    content["phone"] = phone
    mail = numbers.emails(names.first, names.surname, seed)
    content["email"] = told_emails(people, plan, nameless, mail, seed)
    content.update(addresses(people, who, plan.source, plan.key, seed))
    content.update(demographics(people, plan, tendency, seed))
    ssn_wrong = np.zeros(len(who), dtype=bool)
    ssn_wrong[wrong_rows] = True

    origin = copied_from(plan, nameless, draws)
    for target in (content, clean):
        for field, values in target.items():
            target[field] = values[origin]
    ages = (("age", content, date_state, written), ("age", clean, None, birth))
    for field, target, state, day in ages:
        state = np.full(len(who), dates.RIGHT) if state is None else state
        number = draws.uniform("age", plan.person, plan.key)[origin]
        target[field] = dates.written_ages(
            state[origin], day[origin], plan.created_day, plan.system, number
        )
    return Written(
        content=content,
        clean=clean,
        name_state=name_state[origin],
        date_state=date_state[origin],
        ssn_wrong=ssn_wrong[origin],
        phone_shared=shared[origin],
    )


def mechanisms(names: LegalNames) -> Flags:
    """Return whose names are hard for a form: two surnames, transliteration, chosen."""
    several = names.first_spellings != None  # noqa: E711 (elementwise)
    several |= names.surname_spellings != None  # noqa: E711
    return several | (names.second_surname != "") | (names.chosen != "")


def _false_identities(
    plan: Plan, names: LegalNames, clean: Content, birth: Ints, draws: Draws
) -> tuple[Flags, Flags]:
    """Give some people one other surname or birth date in one system, in place."""
    who = plan.identity
    gives = draws.uniform("false identity", who) < FALSE_IDENTITY
    gives &= draws.below("false where", who, len(SYSTEMS)) == plan.system
    number = draws.uniform("false what", who)
    name, day = gives & (number < 0.5), gives & (number >= 0.5)
    place = draws.below("false surname", who, who + 1)
    clean["last"][name] = names.surname[place[name]]
    birth[day] += draws.below("false date", who, 4000)[day] - 2000
    return name, day


def _dates(
    people: People,
    plan: Plan,
    tendency: Tendency,
    nameless: Flags,
    birth: Ints,
    draws: Draws,
) -> tuple[Ints, Ints]:
    """Return what each record's birth date is worth, and the day it holds."""
    source, key = plan.source, plan.key
    dateless = np.take(DATELESS_WHEN_NAMELESS, source)
    none = rate("no_name", source)
    missing = np.clip(rate("date_missing", source) - dateless * none, 0.0005, 1)
    missing = missing / (1 - none)
    partial = rate("date_partial", source)
    # The table states wrong dates per date given.
    wrong = rate("date_wrong_when_given", source) - FALSE_EACH
    wrong = wrong * (1 - rate("date_missing", source) - partial) / (1 - none)
    partial = np.clip(partial - (1 - dateless) * none, 0.0005, 1) / (1 - none)
    state = np.full(len(source), dates.RIGHT, dtype=np.int8)
    lost = tendency.hit("date missing", missing)
    half = tendency.hit("date partial", partial, after=("date missing",))
    before = ("date missing", "date partial")
    state[tendency.hit("date wrong", wrong, after=before)] = dates.WRONG
    state[half] = dates.PARTIAL
    state[lost] = dates.MISSING
    hidden = draws.uniform("date of nameless", plan.person, key) < dateless
    state[nameless] = np.where(hidden[nameless], dates.MISSING, dates.PARTIAL)
    kinds = draws.pick("date mistake", plan.person, dates.SHARES, key)
    number = draws.uniform("date digit", plan.person, key)
    written = birth.copy()
    for row in np.flatnonzero(state == dates.WRONG):
        kin = people.kin[plan.identity[row]]
        other = int(people.birth_day[kin]) if kin >= 0 else None
        kind = dates.KINDS[kinds[row]]
        written[row] = dates.wrong_date(int(birth[row]), kind, other, number[row])
    return state, written


def copied_from(plan: Plan, nameless: Flags, draws: Draws) -> Ints:
    """Return the record each takes its identity from: for most, itself.

    A medic who is told a name finds the last report by it; who is told none cannot.
    """
    rows = np.arange(len(plan.person))
    epcr = plan.system == EPCR_SYSTEM
    anew = draws.uniform("copied", plan.person, plan.key) >= COPIED_FORWARD
    first = np.searchsorted(
        plan.system * np.int64(2**40) + plan.person,
        plan.system * np.int64(2**40) + plan.person,
    )
    anchor = np.where(epcr & ~nameless & (anew | (rows == first)), rows, -1)
    last = np.maximum.accumulate(anchor)
    found = epcr & ~nameless & (last >= first)
    return np.where(found, last, rows)
