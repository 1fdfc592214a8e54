"""Lines of HMIS Enrollment.csv and Exit.csv.

Belongs here: enrolments in HUD's columns, and when a line changes.
Does not belong here: where enrolments come from (``hmis_enrollments``).

Lines are amended once in 6 %: DisablingCondition 99 until asked, Destination 99 until
known. MoveInDate = EntryDate in permanent housing; DateOfEngagement = EntryDate in
outreach.
"""

import numpy as np
from numpy.typing import NDArray

from dagster_project.synthetic.codes import PROJECTS
from dagster_project.synthetic.export.batches import Changes, within
from dagster_project.synthetic.export.clock import NEVER, iso_days
from dagster_project.synthetic.export.hmis_clients import COC, project_ids
from dagster_project.synthetic.export.hmis_enrollments import OUTREACH, Enrollments
from dagster_project.synthetic.export.hmis_table import amended
from dagster_project.synthetic.export.source import Source

KINDS = tuple(project[0] for project in PROJECTS)


class EnrollmentRows:
    """Lines of Enrollment.csv."""

    def __init__(self, source: Source, enrolments: Enrollments):
        """Work out when each row changes."""
        self.source, self.all = source, enrolments
        self.mended = amended(
            source.draws, "enrolment", enrolments.key, enrolments.created
        )
        relinked = source.profiles.relinked(enrolments.record)
        self.changes = Changes(enrolments.created, self.mended, *relinked)

    def render(self, rows: NDArray[np.intp], until: int) -> dict[str, list]:
        """Return the columns of Enrollment."""
        source, some = self.source, self.all
        survivor = source.profiles.survivor(some.record[rows], until)
        person = np.maximum(source.records.person[some.record[rows]], 0)
        people = source.city.people
        disabled = (
            people.opioid[person]
            | people.serious_mental_illness[person]
            | people.alcohol_or_meth[person]
        )
        asked = (self.mended[rows] <= until) | (self.mended[rows] == NEVER)
        key, project = some.key[rows], some.project[rows]
        entry = iso_days(some.entry_day[rows])
        months = 101 + source.draws.below("months homeless", key, 13)
        prior = np.where(source.draws.uniform("prior living", key) < 0.7, 116, 101)
        housed = [KINDS[p] == "permanent_housing" for p in project.tolist()]
        outreach = (project == OUTREACH).tolist()
        return {
            "EnrollmentID": some.id[rows].tolist(),
            "PersonalID": source.records.source_record_id[survivor].tolist(),
            "ProjectID": np.array(project_ids(), dtype=object)[project].tolist(),
            "EntryDate": entry,
            "HouseholdID": some.household[rows].tolist(),
            "RelationshipToHoH": some.relation[rows].tolist(),
            "EnrollmentCoC": [COC] * len(rows),
            "LivingSituation": prior.tolist(),
            "TimesHomelessPastThreeYears": (1 + key % 4).tolist(),
            "MonthsHomelessPastThreeYears": months.tolist(),
            "DisablingCondition": np.where(asked, disabled.astype(int), 99).tolist(),
            "DateOfEngagement": [
                d if o else "" for d, o in zip(entry, outreach, strict=True)
            ],
            "MoveInDate": [d if h else "" for d, h in zip(entry, housed, strict=True)],
            "UserID": [f"u{n:03d}" for n in (key % 97).tolist()],
        }


class ExitRows:
    """Lines of Exit.csv: enrolments that ended."""

    def __init__(self, source: Source, enrolments: Enrollments):
        """Keep the ended ones and work out when their rows change."""
        self.source, self.all = source, enrolments
        self.ended = np.flatnonzero(enrolments.exit_entered < NEVER)
        self.key = enrolments.key[self.ended]
        created = within(enrolments.exit_entered[self.ended])
        self.mended = amended(source.draws, "exit", self.key, created)
        relinked = source.profiles.relinked(enrolments.record[self.ended])
        self.changes = Changes(created, self.mended, *relinked)

    def render(self, rows: NDArray[np.intp], until: int) -> dict[str, list]:
        """Return the columns of Exit."""
        which = self.ended[rows]
        survivor = self.source.profiles.survivor(self.all.record[which], until)
        known = (self.mended[rows] <= until) | (self.mended[rows] == NEVER)
        destination = np.where(known, self.all.destination[which], 99)
        ids = self.all.id[which].tolist()
        subsidy = [428 if d == 435 else "" for d in destination.tolist()]
        return {
            "ExitID": [f"X{value}" for value in ids],
            "EnrollmentID": ids,
            "PersonalID": self.source.records.source_record_id[survivor].tolist(),
            "ExitDate": iso_days(self.all.exit_day[which]),
            "Destination": destination.tolist(),
            "DestinationSubsidyType": subsidy,
            "UserID": [f"u{n:03d}" for n in (self.key[rows] % 97).tolist()],
        }
