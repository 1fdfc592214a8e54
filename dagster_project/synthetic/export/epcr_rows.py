"""Columns of patient care reports: the patient and the run.

Belongs here: a record's content and a contact's times in NEMSIS terms.
Does not belong here: codes of care (``epcr_care``), XML (``epcr_template``).
"""

from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from dagster_project.synthetic.codes import KINDS, TEAMS
from dagster_project.synthetic.export import epcr_template as template
from dagster_project.synthetic.export.clock import with_offset
from dagster_project.synthetic.export.epcr_care import (
    BUPRENORPHINE,
    EMERGENCIES,
    NALOXONE,
    care,
)
from dagster_project.synthetic.export.places import of_area, spelled
from dagster_project.synthetic.export.source import Source
from dagster_project.synthetic.export.text import choose, xml_text

RENUMBERED = 380
"""Day 2025-01-15, from which the agency bears a new number (made_up_city §7)."""
SAN_FRANCISCO = "2411786"
"""GNIS code of the city, as NEMSIS asks for it."""
RACES = {
    "native": "2514001",
    "asian": "2514003",
    "black": "2514005",
    "pacific_islander": "2514009",
    "white": "2514011",
    "middle_eastern": "2514013",
}
"""NEMSIS race by the names of ``Records.race``; Latino is the race 2514007 here."""
HIDDEN = (
    "first",
    "middle",
    "last",
    "suffix",
    "ssn",
    "dob",
    "phone",
    "email",
    "address",
)
"""Fields a voided report no longer shows."""


def _race(race: str, ethnicity: str) -> str:
    codes = [RACES[name] for name in race.split(";") if name in RACES]
    codes += ["2514007"] if ethnicity == "hispanic" else []
    if not codes:
        return template.nil("ePatient.14", template.NOT_RECORDED)
    return "".join(f"<ePatient.14>{code}</ePatient.14>" for code in codes)


def patients(
    source: Source,
    records: NDArray[np.intp],
    key: NDArray[np.int64],
    until: int,
    void: NDArray[np.bool_],
) -> dict[str, list[str]]:
    """Return the ePatient columns as the report held them at a moment."""
    held = source.profiles.at(records, until)
    for name in HIDDEN:
        getattr(held, name)[void] = ""
    age = [str(value) if value >= 0 else "" for value in held.age.tolist()]
    sexes = {"F": "9919001", "M": "9919003"}
    homeless = source.draws.uniform("residence", key) < 0.88
    phone = '<ePatient.18 PhoneNumberType="9913005">{}</ePatient.18>'
    origins = zip(held.race, held.ethnicity, strict=True)
    return {
        "last": held.last.tolist(),
        "first": held.first.tolist(),
        "middle": held.middle.tolist(),
        "suffix": held.suffix.tolist(),
        "address": held.address.tolist(),
        "home_city": [SAN_FRANCISCO if value else "" for value in held.address],
        "home_county": ["06075"] * len(records),
        "home_state": ["06"] * len(records),
        "home_zip": held.zip.tolist(),
        "ssn": held.ssn.tolist(),
        "race": [_race(race, ethnicity) for race, ethnicity in origins],
        "age": age,
        "age_units": ["2516009" if value else "" for value in age],
        "dob": held.dob.tolist(),
        "phone": [phone.format(xml_text(p)) if p else "" for p in held.phone],
        "email": held.email.tolist(),
        "residence": np.where(homeless, "2522001", "").tolist(),
        "sex": [sexes.get(value, "9919005") for value in held.sex],
    }


def _times(
    second: NDArray[np.int64], stay: NDArray, emergency: NDArray, moved: NDArray
) -> dict[str, list[str]]:
    ahead = np.where(emergency, 14 * 60, 3 * 60)
    back = second + stay + np.where(moved, 3600, 300)
    times = {
        "called": second - ahead,
        "notified": second - ahead + 75,
        "arrived": second - 70,
        "at_patient": second,
        "left_scene": second + stay,
        "at_destination": second + stay + 900,
        "back": back,
        "onset": second - ahead - 600,
    }
    texts = {name: with_offset(at) for name, at in times.items()}
    for name in ("left_scene", "at_destination"):
        pairs = zip(texts[name], moved.tolist(), strict=True)
        texts[name] = [text if is_moved else "" for text, is_moved in pairs]
    return texts


def _medications(done: SimpleNamespace, at: list[str]) -> list[str]:
    texts = []
    given = zip(done.naloxone, done.response, done.buprenorphine, at, strict=True)
    for naloxone, response, buprenorphine, when in given:
        groups = []
        if naloxone:
            groups.append((NALOXONE, "9927023", response))
        if buprenorphine:
            groups.append((BUPRENORPHINE, "9927057", "9916001"))
        text = "".join(
            template.MEDICATION.format(at=when, drug=d, route=r, response=e)
            for d, r, e in groups
        )
        texts.append(text or template.NO_MEDICATION)
    return texts


def runs(
    source: Source,
    contact: NDArray[np.intp],
    key: NDArray[np.int64],
    early: NDArray[np.bool_],
) -> dict[str, list[str]]:
    """Return the columns of the run; an early version has no narrative yet."""
    draws, contacts = source.draws, source.city.contacts
    done = care(source, contact)
    second = contacts.second[contact] + draws.below("epcr clock", key, 180) - 90
    emergency = np.isin(
        contacts.kind[contact], [KINDS.index(kind) for kind in EMERGENCIES]
    )
    stay = 15 * 60 + draws.below("epcr on scene", key, 40 * 60)
    times = _times(second, stay, emergency, done.is_transported)
    number = source.incident_numbers("epcr", contact).tolist()
    incident = [f"{n:09d}" if n >= 0 else "" for n in number]
    team = choose(TEAMS, contacts.team[contact])
    sign = [f"{t} {1 + n % 4}" for t, n in zip(team, key.tolist(), strict=True)]
    unit = [text.replace(" ", "") for text in sign]
    pairs = zip(done.complaint, team, early.tolist(), strict=True)
    corner = source.corner[contact]
    columns = {
        "agency": np.where(
            contacts.day[contact] < RENUMBERED, "S38-50827", "S38-50901"
        ).tolist(),
        "incident": incident,
        "response": [f"{i}-{u}" for i, u in zip(incident, unit, strict=True)],
        "unit": unit,
        "call_sign": sign,
        "scene_type": ["Y92.480"] * len(key),
        "scene_street": choose(spelled("/"), corner),
        "scene_zip": choose(of_area("zip"), corner),
        "narrative": ["" if e else f"{c}, seen by {t}." for c, t, e in pairs],
        "medications": _medications(done, times["at_patient"]),
        "procedures": [template.NO_PROCEDURE] * len(key),
    }
    return vars(done) | times | columns
