"""HMIS CurrentLivingSituation rows: contacts of outreach.

Belongs here: one row per contact, some typed in twice.
Does not belong here: enrolments, offers (``hmis_referrals``).

Shapes a reader needs:

- CurrentLivingSituation: one row per SFHOT contact, id ``L<report>``; day only;
  LocationDetails ``<corner>, <neighbourhood>``.
"""

import numpy as np
from numpy.typing import NDArray

from dagster_project.synthetic.export.batches import Changes
from dagster_project.synthetic.export.clock import (
    NEVER,
    iso_days,
)
from dagster_project.synthetic.export.hmis_enrollments import (
    Enrollments,
)
from dagster_project.synthetic.export.hmis_table import (
    amended,
    entered_twice,
    lagged,
    purged,
)
from dagster_project.synthetic.export.places import as_spoken, neighbourhoods
from dagster_project.synthetic.export.source import Source
from dagster_project.synthetic.export.text import choose, csv_fields


class Contacts:
    """Lines of CurrentLivingSituation.csv."""

    def __init__(
        self,
        source: Source,
        enrolments: Enrollments,
        reports: NDArray,
        episode: NDArray,
    ):
        """Write each outreach report down, one in a hundred twice."""
        self.source, self.enrolments = source, enrolments
        draws = source.draws
        key = source.city.reports.report[reports].astype(np.int64)
        contact = source.contact_of_report[reports]
        second = source.city.contacts.second[contact]
        created = lagged(draws, "cls", key, second)
        twice, gone = entered_twice(draws, "cls", key, created)
        self.copy = np.zeros(len(reports) + len(twice), dtype=bool)
        self.copy[len(reports) :] = True
        rows = np.concatenate([np.arange(len(reports)), twice])
        self.key, self.contact = key[rows], contact[rows]
        self.episode = episode[rows]
        created = created[rows] + np.where(self.copy, 60, 0)
        self.deleted = np.where(self.copy, NEVER, NEVER)
        self.deleted[len(reports) :] = gone
        self.mended = amended(draws, "cls", self.key, created)
        self.mended[self.copy] = NEVER
        relinked = source.profiles.relinked(enrolments.record[self.episode])
        self.changes = Changes(created, self.mended, *relinked, deleted=self.deleted)
        self.purged = purged(draws, "cls", self.key, self.deleted)
        order = np.lexsort((source.city.stays.entry_day, source.city.stays.person))
        self._stays = order

    def _in_shelter(self, contact: NDArray[np.intp]) -> NDArray[np.bool_]:
        stays, order = self.source.city.stays, self._stays
        if not len(order):
            return np.zeros(len(contact), dtype=bool)
        contacts = self.source.city.contacts
        span = 10_000
        keys = stays.person[order].astype(np.int64) * span + stays.entry_day[order]
        wanted = (
            contacts.person[contact].astype(np.int64) * span + contacts.day[contact]
        )
        found = order[np.maximum(np.searchsorted(keys, wanted, side="right") - 1, 0)]
        open_still = (stays.exit_day[found] < 0) | (
            stays.exit_day[found] > contacts.day[contact]
        )
        begun = stays.entry_day[found] <= contacts.day[contact]
        same = stays.person[found] == contacts.person[contact]
        return same & begun & open_still & (stays.kind[found] == 0)

    def render(self, rows: NDArray[np.intp], until: int) -> dict[str, list]:
        """Return the columns of CurrentLivingSituation."""
        source, contact = self.source, self.contact[rows]
        record = self.enrolments.record[self.episode[rows]]
        survivor = source.profiles.survivor(record, until)
        settled = (self.mended[rows] <= until) | (self.mended[rows] == NEVER)
        situation = np.where(self._in_shelter(contact), 101, 116)
        corners = [
            f"{corner}, {area}"
            for corner, area in zip(as_spoken(), neighbourhoods(), strict=True)
        ]
        copies = self.copy[rows].tolist()
        ids = zip(self.key[rows].tolist(), copies, strict=True)
        return {
            "CurrentLivingSitID": [f"L{n}D" if c else f"L{n}" for n, c in ids],
            "EnrollmentID": self.enrolments.id[self.episode[rows]].tolist(),
            "PersonalID": source.records.source_record_id[survivor].tolist(),
            "InformationDate": iso_days(source.city.contacts.day[contact]),
            "CurrentLivingSituation": np.where(settled, situation, 37).tolist(),
            "VerifiedBy": ["SFHOT"] * len(rows),
            "LocationDetails": csv_fields(choose(corners, source.corner[contact])),
            "UserID": [f"hot{n:02d}" for n in (self.key[rows] % 41).tolist()],
        }
