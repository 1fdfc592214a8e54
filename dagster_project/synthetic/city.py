"""The made-up city as tables: who lives there and what truly happens to them.

Belongs here: frozen structs of equal-length NumPy arrays. Does not belong here: the
names their codes stand for (``codes``), how a life unfolds (``lives``), what a
department writes down about a person (``records``), how an export looks (``export``).

Days count from ``DAY_ZERO``; a code is a position in the tuple of names of its column;
-1 means "none" everywhere.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.integer]
Floats = NDArray[np.floating]
Flags = NDArray[np.bool_]


@dataclass(frozen=True)
class People:
    """One row per person who is ever seen."""

    person: Ints
    heritage: Ints
    sex: Ints  # 0 female, 1 male
    gender: Ints
    birth_day: Ints  # days since 1970-01-01
    born_abroad: Flags
    language: Ints
    veteran: Flags
    household: Ints
    household_role: Ints
    kin: Ints
    kin_kind: Ints
    severity: Floats
    engagement: Floats
    opioid: Flags
    serious_mental_illness: Flags
    alcohol_or_meth: Flags
    chronic: Flags
    area: Ints
    has_ssn: Flags
    knows_ssn: Flags
    arrives: Ints  # day; 0 = there when history begins
    dies: Ints  # day


@dataclass(frozen=True)
class Contacts:
    """One row per true meeting of a team and a person, whoever wrote it down."""

    contact: Ints
    person: Ints
    second: Ints  # UTC epoch seconds
    day: Ints  # local
    team: Ints
    kind: Ints
    area: Ints
    incident: Ints  # shared by all contacts of one incident
    unconscious: Flags
    night: Flags
    transported: Flags
    hand_off: Flags


@dataclass(frozen=True)
class Reports:
    """One row per contact and system that wrote it down."""

    report: Ints
    contact: Ints
    system: Ints


@dataclass(frozen=True)
class Offers:
    """One row per resource offered, asked for or found lacking at a contact."""

    offer: Ints
    contact: Ints
    person: Ints
    second: Ints
    resource: Ints
    status: Ints
    decline_reason: Ints
    fulfilled_day: Ints


@dataclass(frozen=True)
class Stays:
    """One row per stay in a shelter, a home or a programme."""

    stay: Ints
    person: Ints
    kind: Ints
    project: Ints
    entry_day: Ints
    exit_day: Ints  # -1 = still open
    destination: Ints  # HMIS destination code at exit, 0 = none


@dataclass(frozen=True)
class Outcomes:
    """One row per true outcome event."""

    person: Ints
    day: Ints
    kind: Ints


@dataclass(frozen=True)
class States:
    """One row per person and unbroken spell in a state; ``to_day`` is exclusive."""

    person: Ints
    state: Ints
    from_day: Ints
    to_day: Ints


@dataclass(frozen=True)
class CadCalls:
    """One row per dispatched incident; most have no client we know."""

    incident: Ints
    second: Ints
    kind: Ints
    area: Ints
    agency: Ints
    resolution: Ints
    sensitive: Flags
    duplicate_of: Ints  # incident


@dataclass(frozen=True)
class Cases311:
    """One row per 311 case: a place and a topic, never a person."""

    case: Ints
    second: Ints
    area: Ints
    topic: Ints
    closed_second: Ints


@dataclass(frozen=True)
class IndexEvents:
    """One row per index crisis, with what would have happened either way.

    ``treated_*`` and ``untreated_*`` come from twins that read the same draws, with
    free beds, staff and everybody else held as they were: 1 = entered shelter within
    that many days.
    """

    person: Ints
    day: Ints
    exposed_day: Ints  # first follow-up by another department
    same_department_day: Ints
    history: Floats  # log(1 + crises in 180 days, all departments)
    opioid: Flags
    serious_mental_illness: Flags
    staff: Floats
    untreated_37: Ints
    untreated_90: Ints
    treated_37: Ints
    treated_90: Ints


@dataclass(frozen=True)
class Effects:
    """One row per stated causal effect."""

    effect: tuple[str, ...]
    measure: tuple[str, ...]
    value: Floats
    n: Ints


@dataclass(frozen=True)
class City:
    """A whole simulated city."""

    people: People
    contacts: Contacts
    reports: Reports
    offers: Offers
    stays: Stays
    outcomes: Outcomes
    states: States
    cad_calls: CadCalls
    cases_311: Cases311
    index_events: IndexEvents
    effects: Effects
