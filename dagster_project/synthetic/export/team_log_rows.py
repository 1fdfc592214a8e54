"""Columns of the street teams' form.

Belongs here: identity, encounter and multi-select columns of given rows.
Does not belong here: which rows an export holds (``team_log``, whose docstring says
how to read them).
"""

from collections import defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dagster_project.synthetic.codes import (
    AREAS,
    DECLINE_REASONS,
    OFFER_STATUSES,
    RESOURCES,
    TEAMS,
)
from dagster_project.synthetic.export.clock import (
    DAY,
    iso_days,
    local_dates,
    local_day,
    local_minutes,
    utc,
)
from dagster_project.synthetic.export.places import as_spoken
from dagster_project.synthetic.export.source import Source
from dagster_project.synthetic.export.text import choose, csv_fields

OUTCOMES = {
    "fulfilled": "Service received",
    "accepted": "Accepted",
    "not_fulfilled": "Accepted - not completed",
    "declined": "Declined",
    "no_capacity": "Not available",
    "ineligible": "Not eligible",
    "pending": "Pending",
    "unknown": "Not recorded",
}
"""Outcome by offer status, the first that applies."""
REAL_OFFERS = {*OUTCOMES} - {"no_capacity", "ineligible"}
ACCEPTED = {"fulfilled", "accepted", "not_fulfilled"}
UNLISTED = 0.03
"""Share of contacts whose accepted label is missing from Offered [assumption]."""
WARM_HAND_OFF = "Warm hand-off: MOUD"
"""What a team writes on the spot when it brought a client to treatment itself; what
became of it is not known yet, and the words stay when it is."""
FIVE_MINUTES = 300
LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
HELD = {
    "FirstName": "first",
    "LastName": "last",
    "Alias": "alias",
    "DOB": "dob",
    "Phone": "phone",
}
"""Form column by field of ``Records``."""


@dataclass(frozen=True)
class FormRows:
    """Rows of the form to write; contact and record are -1 when nobody was met."""

    key: NDArray[np.int64]
    contact: NDArray[np.int64]
    record: NDArray[np.int64]
    incident: NDArray[np.int64]  # row of Incidents, for runs that met nobody
    second: NDArray[np.int64]
    copy: NDArray[np.bool_]
    draft: NDArray[np.bool_]  # an edit is still to come


def form_id(number: int, prefix: str) -> str:
    """Return an 18-character id, as forms on the same platform bear."""
    text = ""
    for _ in range(10):
        number, digit = divmod(number, len(LETTERS))
        text = LETTERS[digit] + text
    return (prefix + text + "AAY" * 6)[:18]


def who(source: Source, rows: FormRows, until: int) -> dict[str, list]:
    """Return the columns that say who was met."""
    met = rows.record >= 0
    record = np.maximum(rows.record, 0)
    held = source.profiles.at(record, until)
    columns = {}
    for column, name in HELD.items():
        values = np.where(met, getattr(held, name), "")
        columns[column] = csv_fields(values.tolist())
    age = np.where(met, held.age, -1).tolist()
    ids = source.records.source_record_id[record].tolist()
    plain = met & ~rows.copy
    keys = zip(ids, rows.key.tolist(), plain.tolist(), rows.copy.tolist(), strict=True)
    columns["ContactID"] = [
        i if own else form_id(n, "a0XD" if copy else "a0XM") for i, n, own, copy in keys
    ]
    columns["Age"] = [value if value >= 0 else "" for value in age]
    sexes = {"F": "Female", "M": "Male"}
    gender = np.where(met, held.gender, "").tolist()
    sex = np.where(met, held.sex, "").tolist()
    columns["Gender"] = [
        g.replace("_", " ").capitalize() if g else sexes.get(s, "")
        for g, s in zip(gender, sex, strict=True)
    ]
    return columns


def encounters(source: Source, rows: FormRows) -> dict[str, list]:
    """Return the columns that say when, where and by which team."""
    contacts, met = source.city.contacts, rows.contact >= 0
    contact = np.maximum(rows.contact, 0)
    clock = source.draws.below("log clock", rows.key, 900) - 450
    at = rows.second + clock
    # A clock must not carry a contact into another day.
    at = np.where(local_day(at) == local_day(rows.second), at, rows.second)
    at -= at % FIVE_MINUTES
    corner = np.where(
        met, source.corner[contact], source.incidents.corner[rows.incident]
    )
    area = np.array(AREAS, dtype=object)
    place = contacts.area[contact]
    named = source.incident_numbers("log", contact)
    number = np.where(met, named, source.incidents.number[rows.incident])
    team = np.where(met, np.array(TEAMS, dtype=object)[contacts.team[contact]], "HEART")
    follow = (rows.key % 9 == 0) & met
    warm = contacts.hand_off[contact] & met
    return {
        "EncounterDate": local_dates(at),
        "EncounterTime": local_minutes(at),
        "EncounterDateTimeUTC": utc(at),
        "Team": team.tolist(),
        "NeighborhoodTeam": np.where(team == "INST", area[place], "").tolist(),
        "Location": choose(as_spoken(), corner),
        "Neighborhood": np.where(met, area[place], "").tolist(),
        "IncidentNumber": [f"{n:09d}" if n >= 0 else "" for n in number.tolist()],
        "ContactMade": np.where(met, "Yes", "No").tolist(),
        "FollowUpDate": [
            d if f else ""
            for d, f in zip(iso_days(local_day(at + 7 * DAY)), follow, strict=True)
        ],
        "ReferredTo": np.select([warm, follow], [WARM_HAND_OFF, "OCC"], "").tolist(),
        "Worker": [f"W{n:02d}" for n in (rows.key % 37).tolist()],
    }


def services(source: Source, rows: FormRows) -> dict[str, list]:
    """Return the multi-select columns and what became of them."""
    offers = source.city.offers
    resource, status = offers.resource.tolist(), offers.status.tolist()
    reason = offers.decline_reason.tolist()
    unlisted = source.draws.uniform("log unlisted", rows.key) < UNLISTED
    found = source.offers_of(rows.contact)
    columns: dict[str, list] = defaultdict(list)
    flags = zip(found, unlisted.tolist(), rows.draft.tolist(), strict=True)
    for offer_rows, is_unlisted, is_draft in flags:
        said = [(RESOURCES[resource[n]], OFFER_STATUSES[status[n]]) for n in offer_rows]
        accepted = [label for label, state in said if state in ACCEPTED]
        offered = [label for label, state in said if state in REAL_OFFERS]
        if is_unlisted:
            offered = [label for label in offered if label not in accepted]
        states = {state for _, state in said}
        outcome = next((v for k, v in OUTCOMES.items() if k in states), "Engaged")
        reasons = [reason[n] for n in offer_rows if reason[n] > 0]
        barred = [label for label, state in said if state == "ineligible"]
        columns["ServicesOffered"].append(";".join(offered))
        columns["ServicesAccepted"].append(";".join(accepted))
        columns["ServicesDeclined"].append(
            ";".join([label for label, state in said if state == "declined"])
        )
        columns["DeclineReason"].append(DECLINE_REASONS[reasons[0]] if reasons else "")
        columns["ResourceRequested"].append(
            ";".join([label for label, state in said if state == "no_capacity"])
        )
        columns["Outcome"].append("" if is_draft else outcome)
        columns["Notes"].append("; ".join(f"Not eligible: {label}" for label in barred))
    met = (rows.contact >= 0).tolist()
    pairs = zip(columns["Outcome"], met, strict=True)
    columns["Outcome"] = [text if m else "Unable to locate" for text, m in pairs]
    return dict(columns)
