"""HMIS Event, Services and Assessment rows: what outreach offered.

Belongs here: offers as referrals, in the file that has a place for them.
Does not belong here: contacts (``hmis_contacts``), enrolments.

Shapes a reader needs:

- Event: shelter offers (id ``V<offer>``). 10 = referral to a shelter bed with
  ReferralResult 1 accepted, 2 client declined, 3 not fulfilled by the provider, null =
  pending or never recorded; 9 = wanted, no availability; 8 = ineligible.
  LocationCrisisOrPHHousing = ProjectID of the shelter (tells its type); fulfilment
  shows as a later shelter enrolment. 4 = coordinated entry referral (no result by the
  standard). Offers that were not made leave no row.
- Services: RecordType 161 PATH referrals for treatment and care (id ``W<offer>``),
  TypeProvided 1 mental health, 2 substance use, 3 medical; ReferralOutcome 1 attained,
  2 not attained, 3 unknown, null = accepted or pending. A declined treatment offer has
  no place in HMIS and leaves no row; nor do hygiene, transport and supplies.
- Assessment: one housing needs assessment per coordinated entry enrolment.
"""

import numpy as np
from numpy.typing import NDArray

from dagster_project.synthetic.codes import OFFER_STATUSES, RESOURCES
from dagster_project.synthetic.export.batches import Changes, or_never
from dagster_project.synthetic.export.clock import (
    HOUR,
    day_second,
    iso_days,
    local_day,
)
from dagster_project.synthetic.export.hmis_clients import project_ids
from dagster_project.synthetic.export.hmis_enrollments import (
    COORDINATED_ENTRY,
    Enrollments,
)
from dagster_project.synthetic.export.hmis_table import lagged
from dagster_project.synthetic.export.source import Source

SHELTER_PROJECTS = {
    "Shelter - Congregate": (0, 1),
    "Shelter - Navigation Center": (2, 3),
    "Shelter - Non-Congregate": (4,),
    "Shelter - Family": (5,),
    "Safe Sleep": (6,),
}
"""Positions in ``PROJECTS`` where an offer of each kind may lead."""
PATH_TYPES = {
    "Detox": 2,
    "Residential Treatment": 2,
    "MOUD": 2,
    "Medical Care": 3,
    "Mental Health": 1,
}
"""PATH referral type (HUD list P2.2) by resource."""
PATH_OUTCOMES = {
    "fulfilled": "1",
    "not_fulfilled": "2",
    "unknown": "3",
    "accepted": "",
    "pending": "",
}
"""PATH referral outcome (HUD list P2.A) by status; other statuses leave no row."""
EVENT_OF = {"no_capacity": 9, "ineligible": 8}
RESULTS = {"accepted": "1", "fulfilled": "1", "declined": "2", "not_fulfilled": "3"}
"""ReferralResult (HUD list 4.20.D) by status."""


class Referrals:
    """Offers of outreach, as Event (shelter, coordinated entry) or Services rows."""

    def __init__(
        self,
        source: Source,
        enrolments: Enrollments,
        reports: NDArray,
        episode: NDArray,
        file: str,
    ):
        """Take the offers HMIS has a place for in this file."""
        self.source, self.enrolments, self.file = source, enrolments, file
        offers, draws = source.city.offers, source.draws
        episode_of = np.full(len(source.city.contacts.contact), -1)
        episode_of[source.contact_of_report[reports]] = episode
        contact = np.searchsorted(source.city.contacts.contact, offers.contact)
        inside = np.minimum(contact, len(episode_of) - 1)
        resource = np.array(RESOURCES, dtype=object)[offers.resource]
        status = np.array(OFFER_STATUSES, dtype=object)[offers.status]
        wanted = [*SHELTER_PROJECTS, "Coordinated Entry"]
        kept = (status != "not_offered") & np.isin(resource, wanted)
        if file == "Services":
            kept = np.isin(resource, list(PATH_TYPES))
            kept &= np.isin(status, list(PATH_OUTCOMES))
        self.rows = np.flatnonzero(kept & (episode_of[inside] >= 0))
        self.episode = episode_of[contact[self.rows]]
        self.resource, self.status = resource[self.rows], status[self.rows]
        self.key = offers.offer[self.rows].astype(np.int64)
        self.second = offers.second[self.rows].astype(np.int64)
        created = lagged(draws, "referral", self.key, self.second)
        day = np.maximum(offers.fulfilled_day[self.rows], local_day(self.second))
        self.result_day = day
        resolved = np.isin(self.status, list(RESULTS if file == "Event" else "x"))
        known = day_second(day, np.int64(17 * HOUR))
        later = offers.fulfilled_day[self.rows] > local_day(self.second)
        self.resolved = or_never(np.maximum(known, created + 60), resolved & later)
        self.resolved = np.where(resolved & ~later, created, self.resolved)
        relinked = source.profiles.relinked(enrolments.record[self.episode])
        self.changes = Changes(created, self.resolved, *relinked)

    def render(self, rows: NDArray[np.intp], until: int) -> dict[str, list]:
        """Return the columns of Event or Services."""
        source, key = self.source, self.key[rows]
        record = self.enrolments.record[self.episode[rows]]
        survivor = source.profiles.survivor(record, until)
        resources, statuses = self.resource[rows].tolist(), self.status[rows].tolist()
        dates = iso_days(local_day(self.second[rows]))
        columns = {
            "EnrollmentID": self.enrolments.id[self.episode[rows]].tolist(),
            "PersonalID": source.records.source_record_id[survivor].tolist(),
            "UserID": [f"hot{n:02d}" for n in (key % 41).tolist()],
        }
        if self.file == "Services":
            return columns | {
                "ServicesID": [f"W{n}" for n in key.tolist()],
                "DateProvided": dates,
                "RecordType": [161] * len(rows),
                "TypeProvided": [PATH_TYPES[name] for name in resources],
                "ReferralOutcome": [PATH_OUTCOMES[name] for name in statuses],
            }
        ids = project_ids()
        places = [SHELTER_PROJECTS.get(name, ()) for name in resources]
        known = (self.resolved[rows] <= until).tolist()
        both = list(zip(statuses, places, known, strict=True))
        results = [RESULTS.get(s, "") if k and p else "" for s, p, k in both]
        result_dates = iso_days(self.result_day[rows])
        return columns | {
            "EventID": [f"V{n}" for n in key.tolist()],
            "EventDate": dates,
            "Event": [EVENT_OF.get(s, 10 if p else 4) for s, p, _ in both],
            "LocationCrisisOrPHHousing": [
                ids[p[n % len(p)]] if p else ""
                for p, n in zip(places, key.tolist(), strict=True)
            ],
            "ReferralResult": results,
            "ResultDate": [
                d if r else "" for d, r in zip(result_dates, results, strict=True)
            ],
        }


class Assessments:
    """Lines of Assessment.csv: one per coordinated entry enrolment."""

    def __init__(self, source: Source, enrolments: Enrollments):
        """Assess those enrolled for coordinated entry."""
        self.source, self.all = source, enrolments
        self.rows = np.flatnonzero(enrolments.project == COORDINATED_ENTRY)
        created = enrolments.created[self.rows]
        relinked = source.profiles.relinked(enrolments.record[self.rows])
        self.changes = Changes(created, *relinked)

    def render(self, rows: NDArray[np.intp], until: int) -> dict[str, list]:
        """Return the columns of Assessment."""
        which = self.rows[rows]
        survivor = self.source.profiles.survivor(self.all.record[which], until)
        key = self.all.key[which]
        listed = self.source.draws.uniform("prioritised", key) < 0.35
        return {
            "AssessmentID": [f"A{n}" for n in key.tolist()],
            "EnrollmentID": self.all.id[which].tolist(),
            "PersonalID": self.source.records.source_record_id[survivor].tolist(),
            "AssessmentDate": iso_days(self.all.entry_day[which]),
            "AssessmentLocation": ["Access point"] * len(rows),
            "AssessmentType": [3] * len(rows),
            "AssessmentLevel": [2] * len(rows),
            "PrioritizationStatus": np.where(listed, 1, 2).tolist(),
            "UserID": ["access"] * len(rows),
        }
