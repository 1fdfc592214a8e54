"""The made-up city as tables: who lives there and what truly happens to them.

Belongs here: frozen structs of equal-length NumPy arrays, and the names their codes
stand for. Does not belong here: how a life unfolds (``lives``), what a department
writes down about a person (``identity``), how an export looks (``export``).

Days count from ``DAY_ZERO``; a code is a position in the tuple of names beside it;
-1 means "none" everywhere.
"""

from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.integer]
Floats = NDArray[np.floating]
Flags = NDArray[np.bool_]

DAY_ZERO = date(2024, 1, 1)
"""Local date of day 0; 26 weeks of history come before the window."""
WINDOW_START = 182
"""Day of 2024-07-01, the first day a measure may use."""
WINDOW_END = 912
"""Day of 2026-07-01, the first day after the window."""

HERITAGES = (
    "latino",
    "black",
    "white",
    "chinese",
    "vietnamese",
    "filipino",
    "other_asian",
    "pacific_islander",
    "native",
    "arab",
    "russian",
    "mayan",
    "several",
)
GENDERS = ("woman", "man", "transgender_woman", "transgender_man", "non_binary")
LANGUAGES = (
    "english",
    "spanish",
    "chinese",
    "arabic",
    "vietnamese",
    "tagalog",
    "russian",
    "samoan",
    "mayan",
    "other",
)
HOUSEHOLD_ROLES = ("none", "head", "child", "partner")
KIN_KINDS = ("none", "twin", "namesake_father", "sibling", "couple", "same_name")
"""``same_name``: strangers who share a name and a birth year or date."""

TEAMS = (
    "SCRT",
    "SORT",
    "EMS6",
    "POET",
    "STMED",
    "OCC",
    "SFHOT",
    "HSOC",
    "HEART",
    "INST",
    "CLINIC",
    "ED",
    "PES",
    "INPT",
    "EMS",
)
"""Codes of ``sf_team_registry.csv``, then the DPH sites that are no street team, then
the Fire Department's ordinary ambulances, which meet most crises."""
TEAM_DEPARTMENTS = (
    "fire",
    "fire",
    "fire",
    "dph",
    "dph",
    "dph",
    "hsh",
    "dem",
    "dem",
    "dem",
    "dph",
    "dph",
    "dph",
    "dph",
    "fire",
)
KINDS = (
    "outreach",
    "crisis",
    "overdose",
    "follow_up",
    "overdose_follow_up",
    "encampment_operation",
    "case_management",
    "clinic",
    "emergency_department",
    "psychiatric_emergency",
    "inpatient",
)
SYSTEMS = ("hmis", "epcr", "fhir", "team_log")
RESOURCES = (
    "Shelter - Congregate",
    "Shelter - Navigation Center",
    "Shelter - Non-Congregate",
    "Shelter - Family",
    "Safe Sleep",
    "Detox",
    "Residential Treatment",
    "MOUD",
    "Medical Care",
    "Mental Health",
    "Transport",
    "Coordinated Entry",
    "Hygiene",
    "Harm Reduction Supplies",
)
OFFER_STATUSES = (
    "not_offered",
    "no_capacity",
    "ineligible",
    "pending",
    "declined",
    "not_fulfilled",
    "accepted",
    "fulfilled",
    "unknown",
)
"""In the order of the ranks of ``offer_status.csv``."""
DECLINE_REASONS = (
    "none",
    "location",
    "rules or curfew",
    "partner or pet",
    "belongings",
    "safety",
    "past experience",
    "other plans",
    "no reason given",
)
STAY_KINDS = ("shelter", "permanent_housing", "treatment")
OUTCOMES = (
    "shelter_entry",
    "permanent_housing_exit",
    "moud_start",
    "overdose",
    "crisis",
    "emergency_department_visit",
    "return_to_homelessness",
    "death",
)
STATES = ("street", "shelter", "housed", "institution", "away", "dead")
AREAS = (
    "Tenderloin",
    "Mission",
    "South of Market",
    "Bayview Hunters Point",
    "Haight Ashbury",
    "Castro/Upper Market",
)
"""Analysis neighbourhoods of San Francisco that stand for the six areas."""
AGENCIES = ("Police", "Sheriff", "HEART", "Fire")
CALL_KINDS = ("homeless_related", "well_being", "mentally_disturbed", "medical")
RESOLUTIONS = (
    "handled",
    "gone_on_arrival",
    "unable_to_locate",
    "cancelled",
    "advised",
    "report",
    "handover_ems",
    "no_merit",
    "open",
)
CASE_TOPICS = ("encampment", "person_concern", "blocked_sidewalk")

PROJECTS = (
    ("congregate", "Larkspur House Shelter", 0),
    ("congregate", "Pier Light Shelter", 1),
    ("navigation_center", "Islais Navigation Center", 0),
    ("navigation_center", "Gough Court Navigation Center", 0),
    ("non_congregate", "Fern Alley Rooms", 0),
    ("family", "Noe Family Center", 0),
    ("safe_sleep", "Sunrise Safe Sleep", 8),
    ("permanent_housing", "Alder Supportive Homes", 3),
    ("permanent_housing", "Bridgeway Rapid Rehousing", 13),
    ("treatment", "Harbor Residential Treatment", 2),
    ("outreach", "Street Outreach", 4),
    ("coordinated_entry", "Coordinated Entry Access", 14),
    ("victim_services", "Safe Steps", 2),
)
"""(kind, invented name, HMIS ProjectType). Safe Steps is a victim-service provider,
whose enrolments must vanish at the door."""


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


@dataclass(frozen=True)
class Records:
    """One row per department's record of a client, as that department holds it.

    Text fields are object arrays of str, ``""`` where the department holds nothing.
    """

    record_id: NDArray[np.object_]  # equals int_client_records.client_record_id
    system: Ints
    source_record_id: NDArray[np.object_]
    person: Ints  # -1 for a test client
    first: NDArray[np.object_]
    middle: NDArray[np.object_]
    last: NDArray[np.object_]
    suffix: NDArray[np.object_]
    alias: NDArray[np.object_]
    dob: NDArray[np.object_]  # ISO
    age: Ints
    ssn: NDArray[np.object_]  # nine digits, or four
    name_quality: Ints  # HMIS data quality codes 1, 2, 8, 9, 99
    dob_quality: Ints
    ssn_quality: Ints
    sex: NDArray[np.object_]  # F, M or ""
    gender: NDArray[np.object_]
    race: NDArray[np.object_]  # names of HERITAGES-like federal groups, ";"-joined
    ethnicity: NDArray[np.object_]  # hispanic, not_hispanic or ""
    phone: NDArray[np.object_]
    email: NDArray[np.object_]
    address: NDArray[np.object_]
    city: NDArray[np.object_]
    zip: NDArray[np.object_]
    created_day: Ints
    updated_day: Ints
    merged_into: Ints  # row of Records
    merged_day: Ints
    deleted_day: Ints
    test_client: Flags
    linkable: Flags  # carries enough for a careful human to link it
    record_of_report: Ints  # one per report: row of Records
    record_of_stay: Ints  # one per stay: row of Records


@dataclass(frozen=True)
class Corrections:
    """One row per later change to a field: what the profile said before."""

    row: Ints
    field: NDArray[np.object_]
    before: NDArray[np.object_]
    day: Ints
