"""What a crew did and how a run ended, as NEMSIS codes.

Belongs here: impressions, medication, dispositions from contact, offers and outcomes.
Does not belong here: who the patient is, the XML around the codes.
Source of codes: NEMSIS v3.5.1 data dictionary; mapping rules in domain §4.2 and §5.
"""

from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from dagster_project.synthetic.codes import KINDS, OFFER_STATUSES, OUTCOMES, RESOURCES
from dagster_project.synthetic.export.source import Source
from dagster_project.synthetic.export.text import choose

OVERDOSE = ("T40.411A", "T40.601A", "T40.1X1A", "T40.2X1A", "F11.929")
"""Poisoning by fentanyl, unspecified narcotics, heroin, other opioids; intoxication."""
CRISIS = ("F99", "R45.851", "R45.1", "F10.929", "F15.929", "F20.9", "R41.82", "F41.9")
"""Mental disorder, suicidal ideation, agitation, alcohol, stimulant, psychosis,
altered mental status, anxiety."""
ROUTINE = ("Z71.89", "L03.90", "R53.81", "Z59.02", "M79.606", "Z76.89")
"""Counselling, cellulitis, malaise, unsheltered homelessness, leg pain, other."""
COMPLAINTS = ("Overdose", "Behavioral crisis", "Wellness visit")
REASONS = ("2301053", "2301059", "2301075")
"""Dispatch reason: overdose, psychiatric problem, well person check."""
NALOXONE, BUPRENORPHINE = "7242", "1819"
"""RxNorm ingredients."""
EMERGENCIES = ("crisis", "overdose")
HOSPITALS = (
    ("Bayshore General Hospital", "380001", "4221003"),
    ("Twin Peaks Medical Center", "380002", "4221003"),
    ("Mission Creek Crisis Unit", "380003", "4221031"),
)
"""Invented destination, code, type (emergency department, mental health facility)."""
RELEASES = ("4231001", "4231003", "4231009", "4231017")
"""Against advice, ambulance not necessary, other means, elopement."""
REFUSES = 0.62
"""Share of the emergencies without transport in which the patient refused it; the rest
are released by protocol (40 % refuse after naloxone, made_up_city §5)."""


def _status_of(source: Source, contacts: NDArray[np.intp], resource: str) -> NDArray:
    """Return the status of an offer of a resource at each contact, "" for none."""
    offers = source.city.offers
    at = np.full(len(source.city.contacts.contact), -1)
    rows = np.flatnonzero(offers.resource == RESOURCES.index(resource))
    at[np.searchsorted(source.city.contacts.contact, offers.contact[rows])] = rows
    found = at[contacts]
    names = np.array([*OFFER_STATUSES, ""], dtype=object)
    codes = np.where(found >= 0, offers.status[found], len(OFFER_STATUSES))
    return names[codes] if len(offers.status) else np.full(len(contacts), "", object)


def _starts_moud(source: Source, contacts: NDArray[np.intp]) -> NDArray[np.bool_]:
    """Tell at which contacts a person began MOUD that very day."""
    outcomes, all_contacts = source.city.outcomes, source.city.contacts
    started = outcomes.kind == OUTCOMES.index("moud_start")
    span = 10_000
    keys = outcomes.person[started].astype(np.int64) * span + outcomes.day[started]
    person = all_contacts.person[contacts].astype(np.int64)
    return np.isin(person * span + all_contacts.day[contacts], keys)


def care(source: Source, contacts: NDArray[np.intp]) -> SimpleNamespace:
    """Return the codes of each contact's run, as lists of text."""
    city, draws = source.city, source.draws
    key = city.contacts.contact[contacts].astype(np.int64)
    kind = city.contacts.kind[contacts]
    overdose = kind == KINDS.index("overdose")
    crisis = kind == KINDS.index("crisis")
    emergency = overdose | crisis
    group = np.select([overdose, crisis], [0, 1], 2)
    transported = city.contacts.transported[contacts]
    dies = city.people.dies[city.contacts.person[contacts]]
    dead = emergency & ~transported & (dies == city.contacts.day[contacts])

    asked = _status_of(source, contacts, "Transport")
    treated = _status_of(source, contacts, "Medical Care")
    refuses = emergency & ~transported & (draws.uniform("refuses", key) < REFUSES)
    refuses = np.where(asked == "", refuses, asked == "declined") & ~transported & ~dead
    support = np.where(emergency, "4228001", "4228009")
    evaluation = np.where(treated == "declined", "4228003", support)
    quiet = crisis & (draws.uniform("no care required", key) < 0.12)
    evaluation = np.where(quiet & (treated == ""), "4228005", evaluation)
    transport = np.where(transported, "4230001", "4230013")
    transport = np.where(refuses, "4230009", transport)
    releases = choose(RELEASES, draws.pick("release", key, [4, 3, 2, 1]))
    protocol = emergency & ~transported & ~dead
    release = np.where(refuses, releases, np.where(protocol, "4231005", ""))

    psychiatric = crisis & (draws.uniform("psychiatric unit", key) < 0.25)
    hospital = np.where(psychiatric, 2, draws.below("hospital", key, 2))
    places = [tuple(h[n] for h in HOSPITALS) for n in range(3)]
    blank = np.full(len(key), "", dtype=object)

    def when(condition: NDArray, values: object) -> list[str]:
        return np.where(condition, values, blank).tolist()

    codes = {
        0: choose(OVERDOSE, draws.pick("overdose code", key, [55, 15, 10, 10, 10])),
        1: choose(
            CRISIS, draws.pick("crisis code", key, [25, 12, 15, 12, 14, 10, 8, 4])
        ),
        2: choose(ROUTINE, draws.below("routine code", key, len(ROUTINE))),
    }
    impression = np.select([group == 0, group == 1], [codes[0], codes[1]], codes[2])
    given = overdose & (draws.uniform("naloxone", key) < 0.93)
    tried = crisis & city.people.opioid[city.contacts.person[contacts]]
    tried &= draws.uniform("naloxone tried", key) < 0.03
    improved = given & ~dead & (draws.uniform("improved", key) < 0.9)
    unconscious = city.contacts.unconscious[contacts]
    return SimpleNamespace(
        service=np.where(emergency, "2205001", "2205031").tolist(),
        reason=choose(REASONS, group),
        complaint=choose(COMPLAINTS, group),
        impression=impression.tolist(),
        secondary=when(overdose & (draws.uniform("second", key) < 0.3), "F11.20"),
        symptom=when(emergency, np.where(unconscious, "R40.20", "R45.89")),
        acuity=np.where(
            unconscious, "2813001", np.where(emergency, "2813003", "2813007")
        ).tolist(),
        naloxone=(given | tried).tolist(),
        response=np.where(improved, "9916001", "9916003").tolist(),
        buprenorphine=(_starts_moud(source, contacts) & ~overdose).tolist(),
        unit_disposition=["4227001"] * len(key),
        care=evaluation.tolist(),
        crew=["4229001"] * len(key),
        transport=transport.tolist(),
        release=release.tolist(),
        destination=when(transported, choose(places[0], hospital)),
        destination_code=when(transported, choose(places[1], hospital)),
        destination_type=np.where(
            dead, "4221009", when(transported, choose(places[2], hospital))
        ).tolist(),
        patients=when(transported, "1"),
        method=when(transported, "4216005"),
        mode=when(transported, np.where(overdose, "4217001", "4217005")),
        descriptor=when(transported, "4218015"),
        release_acuity=np.where(
            dead, "4219009", np.where(transported, "4219003", "4219011")
        ).tolist(),
        level=np.where(emergency, "4232005", "4232011").tolist(),
        is_transported=transported,
    )
