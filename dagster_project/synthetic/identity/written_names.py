"""The name each record holds: none, half, mistaken or right.

Belongs here: which of these it is, and what stands in its place.
Does not belong here: true forms of a name (``names.practice``), one mistake
(``errors``).
"""

import numpy as np

from dagster_project.synthetic.city import Contacts, Floats, Ints, People
from dagster_project.synthetic.codes import KINDS
from dagster_project.synthetic.draws import Draws
from dagster_project.synthetic.identity import errors
from dagster_project.synthetic.identity.correlation import (
    MEAN_SEVERITY,
    MEAN_SEVERITY_CRISIS,
    MEAN_SEVERITY_OVERDOSE,
    SHARES,
    UNCONSCIOUS_OVERDOSE,
    Tendency,
)
from dagster_project.synthetic.identity.placeholders import put_placeholders
from dagster_project.synthetic.identity.plan import Plan
from dagster_project.synthetic.identity.rates import (
    EPCR,
    FALSE_EACH,
    NO_NAME_CRISIS,
    NO_NAME_FOLLOW_UP,
    NO_NAME_OVERDOSE,
    NO_NAME_TRANSPORT,
    SOURCES,
    STREET_NAME_ALONE,
    rate,
)
from dagster_project.synthetic.names.legal import LegalNames

NONE, PARTIAL, STREET, WRONG, RIGHT = range(5)
"""What a record's name is worth; ``STREET`` is a street name and nothing else."""
Content = dict[str, np.ndarray]

HALVES = ("first_only", "initial_first", "initial_last", "last_only")
HALF_SHARES = (0.55, 0.15, 0.22, 0.08)
"""What is left of half a name [A]."""
MISSING_QUALITY = ((99, 0.6), (8, 0.2), (9, 0.2))
LOG_CASE = (0.08, 0.14)
"""Log rows typed in small letters, in capitals (cumulated) [A]."""


def no_name_rates(plan: Plan, contacts: Contacts) -> tuple[Floats, Floats, Floats]:
    """Return the rates of nameless people of each record's kind of meeting.

    Returns:
        Share of nameless people, share of unconscious people, mean severity.
    """
    rates = rate("no_name", plan.source)
    out = np.take(SHARES["unconscious"], plan.source)
    severity = np.take(MEAN_SEVERITY, plan.source)
    epcr = plan.source == EPCR
    if not len(contacts.contact):
        return rates, out, severity
    kind, moved = contacts.kind[plan.contact], contacts.transported[plan.contact]
    overdose = epcr & (kind == KINDS.index("overdose"))
    crisis = epcr & (kind == KINDS.index("crisis"))
    cases = [overdose, crisis & moved, crisis, epcr]
    nameless = NO_NAME_OVERDOSE, NO_NAME_TRANSPORT, NO_NAME_CRISIS, NO_NAME_FOLLOW_UP
    severe = MEAN_SEVERITY_OVERDOSE, MEAN_SEVERITY_CRISIS, MEAN_SEVERITY_CRISIS
    return (
        np.select(cases, nameless, rates),
        np.select(cases[:1] + cases[3:], (UNCONSCIOUS_OVERDOSE, 0.0), out),
        np.select(cases[:3], severe, severity),
    )


def name_states(
    plan: Plan, contacts: Contacts, names: LegalNames, tendency: Tendency
) -> Ints:
    """Return what each record's name is worth."""
    source, hit = plan.source, tendency.hit
    nameless, out, severe = no_name_rates(plan, contacts)
    # Who is met how decides about a missing name; the rest of the table is per source.
    alone = np.take(STREET_NAME_ALONE, source)
    half = (rate("partial_name", source) - 0.22 * alone) / (1 - 0.22 * alone)
    wrong = (rate("name_error", source) - FALSE_EACH) / (1 - 0.22 * alone)
    state = np.full(len(plan.person), RIGHT, dtype=np.int8)
    none = hit("no name", nameless, unconscious=out, severity=severe)
    partial = hit("partial name", half, after=("no name",))
    before = ("no name", "partial name")
    state[hit("name error", wrong, "mechanism", after=before)] = WRONG
    state[partial] = PARTIAL
    known = names.street[plan.identity] != ""
    number = tendency.draws.uniform("street alone", plan.person, plan.key)
    # Street names alone are part of the table's partial names.
    alone = alone / (1 - rate("no_name", source))
    state[known & (number < alone)] = STREET
    state[none] = NONE
    return state


def write_names(
    content: Content,
    state: Ints,
    plan: Plan,
    people: People,
    names: LegalNames,
    seed: int,
) -> None:
    """Put what each system wrote in the place of right names, in place."""
    draws = Draws(seed)
    number = draws.uniform("name written", plan.person, plan.key)
    quality = np.where(state == RIGHT, 1, np.where(state == WRONG, 1, 2))
    nothing = np.flatnonzero(state == NONE)
    _blank(content, nothing, "middle", "suffix", "alias")
    put_placeholders(content, nothing, plan, people, number)
    codes = np.array([code for code, _ in MISSING_QUALITY])
    which = draws.pick(
        "name quality",
        plan.person[nothing],
        [share for _, share in MISSING_QUALITY],
        plan.key[nothing],
    )
    quality[nothing] = codes[which]
    content["name_quality"] = quality
    half = np.flatnonzero(state == PARTIAL)
    _halves(content, half, number)
    _street_names(content, np.flatnonzero(state == STREET), plan, names, number)
    _mistakes(content, np.flatnonzero(state == WRONG), plan, people, names, draws)


def _blank(content: Content, rows: Ints, *fields: str) -> None:
    for field in fields:
        content[field][rows] = ""


def _halves(content: Content, rows: Ints, number: Floats) -> None:
    kinds = np.searchsorted(np.cumsum(HALF_SHARES)[:-1], number[rows], side="right")
    first, last = content["first"], content["last"]
    for row, kind in zip(rows, kinds, strict=True):
        name = HALVES[kind]
        if name == "first_only":
            last[row] = ""
        elif name == "initial_first":
            first[row] = first[row][:1]
        elif name == "initial_last":
            last[row] = last[row][:1]
        else:
            first[row] = ""
    _blank(content, rows, "middle", "suffix")


def _street_names(
    content: Content, rows: Ints, plan: Plan, names: LegalNames, number: Floats
) -> None:
    """Write the street name where a name belongs, in the log half as an alias."""
    _blank(content, rows, "middle", "suffix", "first", "last", "alias")
    who = plan.identity[rows]
    alias = (plan.source[rows] == SOURCES.index("team_log")) & (number[rows] < 0.5)
    content["alias"][rows[alias]] = names.street[who[alias]]
    content["first"][rows[~alias]] = names.street[who[~alias]]
    content["last"][rows[~alias]] = names.street_last[who[~alias]]


def _mistakes(
    content: Content,
    rows: Ints,
    plan: Plan,
    people: People,
    names: LegalNames,
    draws: Draws,
) -> None:
    who, key = plan.identity[rows], plan.key[rows]
    kinds = draws.pick("name mistake", plan.person[rows], errors.SHARES, key)
    numbers = draws.uniform("mistake", plan.person[rows], key)
    first, middle, last = (content[name] for name in ("first", "middle", "last"))
    for row, one, kind, number in zip(rows, who, kinds, numbers, strict=True):
        dice = errors.Dice(number)
        if errors.PARTS[kind] == "wrong":
            # A brother's first name, or a name made up, that is, anybody's.
            kin = people.kin[one]
            if kin >= 0:
                first[row] = names.first[kin]
            else:
                first[row] = names.first[int(number * (one + 1))]
                last[row] = names.surname[int(number * 997 * (one + 1)) % (one + 1)]
            continue
        first[row], middle[row], last[row] = errors.mistaken(
            errors.PARTS[kind], first[row], middle[row], last[row], dice
        )


def type_log_names(content: Content, plan: Plan, draws: Draws) -> None:
    """Write some names of the log all small or all in capitals, in place."""
    rows = np.flatnonzero(plan.source == SOURCES.index("team_log"))
    number = draws.uniform("letter case", plan.person[rows], plan.key[rows])
    small, capital = rows[number < LOG_CASE[0]], (number >= LOG_CASE[0])
    capital = rows[capital & (number < LOG_CASE[1])]
    for field in ("first", "last", "alias"):
        texts = content[field]
        texts[small] = [text.lower() for text in texts[small]]
        texts[capital] = [text.upper() for text in texts[capital]]
