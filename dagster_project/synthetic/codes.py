"""The names behind the city's codes, and the days its history lies between.

Belongs here: tuples of names, in whose order codes are positions. Does not belong here:
the tables that hold the codes (``city``, ``records``).
"""

from datetime import date

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
