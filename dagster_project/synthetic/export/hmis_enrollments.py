"""HMIS enrolments: who is in which project, from when to when.

Belongs here: enrolments from stays, from street outreach and from coordinated entry.
Does not belong here: the columns of Enrollment.csv and Exit.csv
(``hmis_enrollment_rows``), contacts and referrals inside an enrolment.

Shapes a reader needs: EnrollmentID begins with S (stay), O (outreach) or C
(coordinated entry); ExitID is X + EnrollmentID. An outreach enrolment lasts from the
first to the last contact with gaps of at most 90 days; its exit is entered 90 idle days
later and back-dated to the last contact (domain §5), destination mostly 30. People of
one household share a HouseholdID.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dagster_project.synthetic.codes import (
    HOUSEHOLD_ROLES,
    OFFER_STATUSES,
    RESOURCES,
    SYSTEMS,
)
from dagster_project.synthetic.export.batches import END
from dagster_project.synthetic.export.clock import (
    HOUR,
    NEVER,
    Seconds,
    day_second,
    local_day,
)
from dagster_project.synthetic.export.hmis_table import lagged
from dagster_project.synthetic.export.source import Source

IDLE_DAYS = 90
"""Idle days after which an outreach enrolment is closed (local policy, domain §5)."""
OUTREACH, COORDINATED_ENTRY = 10, 11
"""Positions in ``PROJECTS``."""
RELATION = {"none": 1, "head": 1, "child": 2, "partner": 3}
"""HUD list 3.15.1 by household role."""
STAY_DESTINATION = {0: 101, 1: 435, 2: 205}
"""Destination of an outreach exit by the stay that follows: shelter, rental with
subsidy, treatment."""


@dataclass(frozen=True)
class Enrollments:
    """One row per enrolment."""

    key: NDArray[np.int64]  # for draws
    id: NDArray[np.object_]
    record: NDArray[np.intp]  # as first written, before merges
    project: NDArray[np.int64]
    entry_day: Seconds
    exit_day: Seconds  # -1 = open
    exit_entered: Seconds
    destination: NDArray[np.int64]
    household: NDArray[np.object_]
    relation: NDArray[np.int64]
    created: Seconds


def _ids(prefix: str, numbers: NDArray[np.integer]) -> NDArray[np.object_]:
    return np.array([f"{prefix}{n}" for n in numbers.tolist()], dtype=object)


def from_stays(source: Source) -> Enrollments:
    """Enrol every stay that an HMIS record holds."""
    city, records, draws = source.city, source.records, source.draws
    stays = city.stays
    record = records.record_of_stay
    hmis = (record >= 0) & (records.system[record] == SYSTEMS.index("hmis"))
    rows = np.flatnonzero(hmis)
    stay, record = stays.stay[rows], record[rows]
    entry, exit_day = stays.entry_day[rows], stays.exit_day[rows]
    created = lagged(draws, "stay", stay, day_second(entry, np.int64(9 * HOUR)))
    left = day_second(np.maximum(exit_day, 0), np.int64(10 * HOUR))
    entered = lagged(draws, "stay exit", stay, left)
    entered = np.where(exit_day >= 0, np.maximum(entered, created), NEVER)
    people = city.people
    person = stays.person[rows]
    household = people.household[person]
    own = _ids("HS", stay)
    shared = [
        f"H{h}-{e}" for h, e in zip(household.tolist(), entry.tolist(), strict=True)
    ]
    shared = np.array(shared, dtype=object)
    roles = np.array([RELATION[role] for role in HOUSEHOLD_ROLES])
    relation = np.where(household >= 0, roles[people.household_role[person]], 1)
    destination = stays.destination[rows].astype(np.int64)
    return Enrollments(
        stay.astype(np.int64),
        _ids("S", stay),
        record.astype(np.int64),
        stays.project[rows].astype(np.int64),
        entry.astype(np.int64),
        exit_day.astype(np.int64),
        entered,
        np.where(destination > 0, destination, 30),
        np.where(household >= 0, shared, own),
        relation,
        created,
    )


def from_outreach(source: Source) -> tuple[Enrollments, NDArray, NDArray[np.int64]]:
    """Enrol runs of outreach contacts.

    Returns the enrolments, the rows of HMIS reports, and the enrolment of each.
    """
    city, records = source.city, source.records
    reports = source.reports("hmis")
    contacts = source.contact_of_report[reports]
    record = records.record_of_report[reports].astype(np.int64)
    second, day = city.contacts.second[contacts], city.contacts.day[contacts]
    order = np.lexsort((second, record))
    reports, contacts, record = reports[order], contacts[order], record[order]
    second, day = second[order], day[order].astype(np.int64)
    new = np.ones(len(order), dtype=bool)
    new[1:] = (record[1:] != record[:-1]) | (np.diff(day) > IDLE_DAYS)
    episode = np.cumsum(new) - 1
    starts = np.flatnonzero(new)
    ends = np.append(starts[1:], len(order)) - 1 if len(order) else starts
    last = day[ends]
    key = city.reports.report[reports[starts]].astype(np.int64)
    closed = day_second(last + IDLE_DAYS, np.int64(26 * HOUR))
    is_closed = closed < END
    first_written = lagged(source.draws, "cls", city.reports.report[reports], second)
    created = np.minimum.reduceat(first_written, starts) if len(starts) else starts
    person = city.contacts.person[contacts[starts]]
    destination = _outreach_destination(source, key, person, last)
    ids = _ids("O", key)
    enrolments = Enrollments(
        key,
        ids,
        record[starts],
        np.full(len(starts), OUTREACH),
        day[starts],
        np.where(is_closed, last, -1),
        np.where(is_closed, closed, NEVER),
        destination,
        _ids("HO", key),
        np.ones(len(starts), dtype=np.int64),
        created,
    )
    return enrolments, reports, episode


def _outreach_destination(
    source: Source, key: NDArray, person: NDArray, last: Seconds
) -> NDArray[np.int64]:
    """Return where outreach thinks people went: the next stay, or not known."""
    stays = source.city.stays
    order = np.lexsort((stays.entry_day, stays.person))
    span = 10_000
    keys = stays.person[order].astype(np.int64) * span + stays.entry_day[order]
    wanted = person.astype(np.int64) * span + last
    found = np.searchsorted(keys, wanted)
    within_reach = np.zeros(len(key), dtype=bool)
    kind = np.zeros(len(key), dtype=np.int64)
    there = found < len(keys)
    gap = keys[found[there]] - wanted[there]
    within_reach[there] = gap <= IDLE_DAYS
    kind[there] = stays.kind[order][found[there]]
    known = source.draws.uniform("outreach destination", key)
    went = np.array([STAY_DESTINATION[n] for n in range(3)])[kind]
    stayed_out = np.where(known < 0.15, 116, 30)
    return np.where(within_reach & (known < 0.6), went, stayed_out)


def from_coordinated_entry(source: Source, outreach_reports: NDArray) -> Enrollments:
    """Enrol records that accepted coordinated entry, once each."""
    city, records, draws = source.city, source.records, source.draws
    contacts = source.contact_of_report[outreach_reports]
    by_contact = dict(zip(contacts.tolist(), outreach_reports.tolist(), strict=True))
    offers = city.offers
    accepted = np.isin(
        offers.status, [OFFER_STATUSES.index(s) for s in ("accepted", "fulfilled")]
    )
    is_entry = offers.resource == RESOURCES.index("Coordinated Entry")
    rows = np.flatnonzero(accepted & is_entry)
    rows = rows[np.argsort(offers.second[rows], kind="stable")]
    contact = np.searchsorted(city.contacts.contact, offers.contact[rows])
    report = np.array([by_contact.get(c, -1) for c in contact.tolist()], dtype=np.int64)
    rows, report = rows[report >= 0], report[report >= 0]
    record = records.record_of_report[report].astype(np.int64)
    _, first = np.unique(record, return_index=True)
    first = np.sort(first)
    rows, record = rows[first], record[first]
    key = offers.offer[rows].astype(np.int64)
    second = offers.second[rows].astype(np.int64)
    return Enrollments(
        key,
        _ids("C", key),
        record,
        np.full(len(rows), COORDINATED_ENTRY),
        local_day(second),
        np.full(len(rows), -1),
        np.full(len(rows), NEVER),
        np.full(len(rows), 30),
        _ids("HC", key),
        np.ones(len(rows), dtype=np.int64),
        lagged(draws, "coordinated entry", key, second),
    )


def together(parts: list[Enrollments]) -> Enrollments:
    """Put enrolments of several kinds into one table."""
    names = Enrollments.__dataclass_fields__
    return Enrollments(
        *(np.concatenate([getattr(part, name) for part in parts]) for name in names)
    )
