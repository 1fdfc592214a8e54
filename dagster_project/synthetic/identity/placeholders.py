"""What stands in a name field when nobody gave a name.

Belongs here: the words each system uses. Does not belong here: which records are
nameless (``written_names``).
"""

import numpy as np

from dagster_project.synthetic.city import Floats, Ints, People
from dagster_project.synthetic.identity.plan import Plan
from dagster_project.synthetic.identity.rates import SOURCES

DOE = (("John", "Doe"), ("Jane", "Doe"))
PLACEHOLDERS = {
    "shelter": (("", ""), ("Unknown", "Unknown"), ("Refused", "Refused")),
    "outreach": (
        ("", ""),
        ("Unknown", "Unknown"),
        DOE,
        ("Client", "Unknown"),
        ("Refused", "Refused"),
        ("Anonymous", "Anonymous"),
        ("X", "X"),
    ),
    "epcr": (
        DOE,
        ("Unknown", "Unknown"),
        ("", ""),
        (("Male", "Unknown"), ("Female", "Unknown")),
        ("Unk", "Unk"),
        ("FNU", "LNU"),
        DOE,
    ),
    "fhir": (
        ("Trauma", "Unknown{}"),
        (("Unidentified", "Male"), ("Unidentified", "Female")),
        DOE,
        ("Trauma", "Kilo{}"),
        ("Unknown", "Doe{}"),
    ),
    "team_log": (
        ("", ""),
        ("", ""),
        ("", ""),
        ("unknown", ""),
        ("Unknown", "Unknown"),
        ("declined", ""),
        ("N/A", "N/A"),
        ("refused", ""),
        DOE,
        ("client", ""),
        ("?", ""),
    ),
}
"""What stands where no name was given, commonest kinds more than once. A pair of pairs
is for men and women; ``{}`` takes a number."""


def put_placeholders(
    content: dict[str, np.ndarray],
    rows: Ints,
    plan: Plan,
    people: People,
    number: Floats,
) -> None:
    """Write placeholders in the place of first and last names, in place."""
    for row in rows:
        choices = PLACEHOLDERS[SOURCES[plan.source[row]]]
        pair = choices[int(number[row] * len(choices))]
        if isinstance(pair[0], tuple):
            first_is_man = pair[0][0] in ("John", "Male") or pair[0][1] == "Male"
            man = people.sex[plan.person[row]] == 1
            pair = pair[0] if man == first_is_man else pair[1]
        content["first"][row] = pair[0]
        content["last"][row] = pair[1].format(int(number[row] * 9e6) % 900 + 100)
