"""How often each system gets something wrong: the table of made_up_city §3.

Belongs here: rates per record before correlation, by source. Does not belong here:
who is hit (``correlation``), what a mistake looks like (``errors``, ``dates``).

Published anchors: Brice 2008 (name right in 83.6 %, birth date in 78.9 % of 360 ePCRs
of chest-pain patients, the good case); Culbertson 2017 and Just 2016 for hospital
indexes; completeness asked of HMIS by Washington State. All rates are set between
those and the harder population [A]. One column per source: HMIS profiles begun at a
shelter or access point, HMIS profiles begun in outreach, Fire ePCR, DPH Epic (FHIR),
team log.
"""

import numpy as np

from dagster_project.synthetic.city import Floats, Ints

SOURCES = ("shelter", "outreach", "epcr", "fhir", "team_log")
SHELTER, OUTREACH, EPCR, FHIR, TEAM_LOG = range(5)
RATES = {
    "no_name": (0.005, 0.06, 0.07, 0.015, 0.28),
    "partial_name": (0.01, 0.09, 0.05, 0.005, 0.30),
    "name_error": (0.05, 0.09, 0.12, 0.06, 0.16),
    "date_missing": (0.01, 0.12, 0.09, 0.01, 0.55),
    "date_partial": (0.015, 0.09, 0.07, 0.005, 0.30),
    "date_wrong_when_given": (0.025, 0.05, 0.09, 0.025, 0.12),
    "ssn_full": (0.45, 0.06, 0.08, 0.42, 0.0),
    "ssn_last_4": (0.10, 0.06, 0.02, 0.04, 0.0),
    "ssn_wrong_when_given": (0.04, 0.08, 0.12, 0.03, 0.0),
    "sex_missing_or_wrong": (0.005, 0.03, 0.02, 0.005, 0.15),
    "phone": (0.60, 0.25, 0.30, 0.65, 0.05),
    "phone_shared": (0.12, 0.20, 0.08, 0.06, 0.30),
    "duplicates": (0.06, 0.14, 0.0, 0.09, 0.0),
    "overlays": (0.003, 0.003, 0.004, 0.0015, 0.0),
}
NO_NAME_OVERDOSE, NO_NAME_CRISIS, NO_NAME_TRANSPORT = 0.20, 0.105, 0.035
"""Share of ePCRs without a usable name: an overdose, a crisis left at the scene, and
a crisis with a ride to the hospital, long enough to ask. The design's .12 and .04 are
lowered by an eighth: more than half of our crises end at the scene, and the mean of
all ePCRs, which the published 83.6 % bounds, should stay near 7 %."""
NO_NAME_FOLLOW_UP = 0.015
"""Visits to somebody already known; brings the mean of all ePCRs to 7 % [A]."""
STREET_NAME_ALONE = (0.0, 0.36, 0.0, 0.0, 0.23)
"""Of people with a street name (22 %): 8 % of outreach and 5 % of log records."""
DATELESS_WHEN_NAMELESS = (0.5, 0.85, 0.85, 0.5, 0.85)
"""Who gives no name gives no birth date either [A]; the rest of ``date_missing``
falls on people with a name, so the table's rate holds over all records."""
CAREFUL_NUMBER = 0.73
"""Share of people who have an SSN and know it (.88 x .84): rates of SSNs are per
record, and fall on those who can give one."""
COPIED_FORWARD = 0.5
"""ePCRs that take the identity from the person's last one (made_up_city §3)."""
FALSE_IDENTITY = 0.05
"""People with one other birth date or surname everywhere with one department."""
FALSE_EACH = FALSE_IDENTITY / 4 / 2
"""Share of a system's records with a false surname, or date: part of the table's
wrong ones."""
MENDED_PER_MONTH = (0.04, 0.04, 0.0, 0.06, 0.0)
"""Monthly chance that a profile in use has a mistake put right."""
MENDED_ONCE = {EPCR: 0.04, TEAM_LOG: 0.02}
"""Half of the 8 % of reports that are reopened, of the 4 % of log rows edited [A]."""
INTAKE_MENDS = 0.6
"""Chance that a shelter's intake puts an outreach profile's field right [A]."""
LATER_NAMED = 0.70
"""Nameless hospital patients who are named within two weeks."""
VOIDED = (0.0, 0.0, 0.003, 0.0, 0.01)
"""Reports voided by Fire, log rows deleted (made_up_city §7)."""


def rate(name: str, source: Ints) -> Floats:
    """Return a rate of the table for each record."""
    return np.take(RATES[name], source)
