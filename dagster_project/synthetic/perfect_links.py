"""The linked record of a made-up city if every link were right.

Belongs here: from a simulated city, in memory, to the tables the marts would hold of
contacts, offers, outcomes and stays, persons known by their true numbers. Does not
belong here: names, deliveries, linkage (they are tested by running the whole city).

What the departments' systems have no field for is lost here too: the contact log and
HMIS keep the team and not why it came.
"""

from datetime import timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.synthetic import codes as names
from dagster_project.synthetic.city import City, Ints
from dagster_project.synthetic.truth import DAY_ZERO_SINCE_EPOCH

LAST_DAY = names.DAY_ZERO + timedelta(days=names.WINDOW_END - 1)
OPENS = {
    "outreach": "outreach",
    "crisis": "crisis_response",
    "overdose": "overdose_response",
    "encampment_operation": "encampment_operation",
    "case_management": "case_management",
}
"""Kind of contact to type of intervention, as the seed ``contact_kind`` has it."""
CARE_SITES = ("CLINIC", "ED", "PES", "INPT")
HOSPITALS = ("ED", "PES", "INPT")
KIND_OF_TEAM = {
    "HSOC": "encampment_operation",
    "INST": "encampment_operation",
    "HEART": "outreach",
    "SFHOT": "outreach",
}
"""As the seed ``team_log_team`` and HMIS outreach have it."""


def tables(city: City, departments: tuple[str, ...] = ()) -> dict[str, pa.Table]:
    """Return contacts, offers, outcomes and stays of the city's people.

    Args:
        city: The simulated city.
        departments: Keep only what these wrote down of contacts and offers; all when
            empty.
    """
    contacts = _contacts(city)
    offers = _offers(city, contacts)
    if departments:
        kept = pa.array(departments)
        contacts, offers = (
            table.filter(pc.is_in(table["department"], kept))
            for table in (contacts, offers)
        )
    return {
        "contacts": contacts,
        "offers": offers,
        "outcomes": _outcomes(city),
        "stays": _stays(city),
    }


def _contacts(city: City) -> pa.Table:
    rows = city.contacts
    team = _named(rows.team, names.TEAMS)
    kind = _named(rows.kind, names.KINDS)
    for name, written in KIND_OF_TEAM.items():
        kind[team == name] = written
    opens = np.array([OPENS.get(one) for one in kind], dtype=object)
    opens[np.isin(team.astype(str), CARE_SITES)] = None
    return pa.table(
        {
            "person_id": _persons(rows.person),
            "contact_id": _numbered("C", rows.contact),
            "contacted_on": _dates(rows.day),
            "department": pa.array(_named(rows.team, names.TEAM_DEPARTMENTS)),
            "contact_kind": pa.array(kind),
            "intervention_type": pa.array(opens, pa.string()),
            "is_hospital": pa.array(np.isin(team.astype(str), HOSPITALS)),
            "neighborhood": pa.array(_named(rows.area, names.AREAS)),
            "hand_off": pa.array(_hand_offs(city), pa.string()),
        }
    )


def _hand_offs(city: City) -> np.ndarray:
    """Return what the contact log tells of each contact; not all are in it."""
    rows = city.contacts
    in_log = city.reports.system == names.SYSTEMS.index("team_log")
    logged = np.isin(rows.contact, city.reports.contact[in_log])
    told = np.where(rows.hand_off, "warm", "none").astype(object)
    told[~logged] = None
    return told


def _offers(city: City, contacts: pa.Table) -> pa.Table:
    rows = city.offers
    resource = _named(rows.resource, names.RESOURCES)
    service = [
        "shelter" if name.startswith("Shelter") or name == "Safe Sleep" else "other"
        for name in resource
    ]
    status = _named(rows.status, names.OFFER_STATUSES).astype(str)
    at = pa.array(rows.contact)
    return pa.table(
        {
            "person_id": _persons(rows.person),
            "offer_id": _numbered("O", rows.offer),
            "offered_on": contacts["contacted_on"].take(at),
            "department": contacts["department"].take(at),
            "service_type": pa.array(service, pa.string()),
            "is_accepted": pa.array(np.isin(status, ("accepted", "fulfilled"))),
        }
    )


def _outcomes(city: City) -> pa.Table:
    rows = city.outcomes
    return pa.table(
        {
            "person_id": _persons(rows.person),
            "outcome_type": pa.array(_named(rows.kind, names.OUTCOMES)),
            "occurred_on": _dates(rows.day),
        }
    )


def _stays(city: City) -> pa.Table:
    rows = city.stays
    return pa.table(
        {
            "person_id": _persons(rows.person),
            "stay_kind": pa.array(_named(rows.kind, names.STAY_KINDS)),
            "entered_on": _dates(rows.entry_day),
            "left_on": _dates(rows.exit_day),
        }
    )


def _named(values: Ints, of: tuple[str, ...]) -> np.ndarray:
    return np.array(of, dtype=object)[values]


def _persons(person: Ints) -> pa.Array:
    return _numbered("P", person)


def _numbered(letter: str, number: Ints) -> pa.Array:
    """Return texts that sort as their numbers do."""
    return pa.array([f"{letter}{one:08d}" for one in number], pa.string())


def _dates(day: Ints) -> pa.Array:
    day = np.asarray(day, dtype=np.int32)
    return pa.array(day + DAY_ZERO_SINCE_EPOCH, mask=day < 0).cast(pa.date32())
