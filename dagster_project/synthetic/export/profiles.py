"""What a department's record of a client says at a given moment.

Belongs here: corrections undone for deliveries before their day, merges followed,
the moments a record changes.
Does not belong here: how a record is spelled in a department's format.
"""

from types import SimpleNamespace

import numpy as np
from numpy.typing import NDArray

from dagster_project.synthetic.city import City
from dagster_project.synthetic.draws import Draws
from dagster_project.synthetic.export.batches import END, Changes, or_never
from dagster_project.synthetic.export.clock import (
    DAY,
    HOUR,
    NEVER,
    Seconds,
    day_second,
)
from dagster_project.synthetic.records import Corrections, Records

MERGE_DEPTH = 4
"""A merge of a merge of a merge: followed this far, more has not been seen."""
CONTENT = (
    "first",
    "middle",
    "last",
    "suffix",
    "alias",
    "dob",
    "age",
    "ssn",
    "name_quality",
    "dob_quality",
    "ssn_quality",
    "sex",
    "gender",
    "race",
    "ethnicity",
    "phone",
    "email",
    "address",
    "city",
    "zip",
)
"""Fields of ``Records`` that are content and may have been mended."""


def _in_office_hours(draws: Draws, process: str, day: Seconds) -> Seconds:
    """Turn days into moments between eight and six."""
    key = np.arange(len(day))
    second = 8 * HOUR + draws.below(process, key, 10 * HOUR)
    return np.where(day >= 0, day_second(np.maximum(day, 0), second), NEVER)


class Profiles:
    """All records of clients, as they stand at any moment."""

    def __init__(
        self, city: City, records: Records, corrections: Corrections, draws: Draws
    ):
        """Work out when each record is written, mended, merged and deleted."""
        self.records = records
        created = _in_office_hours(draws, "profile created", records.created_day)
        contact = np.searchsorted(city.contacts.contact, city.reports.contact)
        met = city.contacts.second[contact] - HOUR // 2
        known = records.record_of_report >= 0
        np.minimum.at(created, records.record_of_report[known], met[known])
        known = records.record_of_stay >= 0
        entry = day_second(city.stays.entry_day, np.int64(7 * HOUR))
        np.minimum.at(created, records.record_of_stay[known], entry[known])
        self.created = created
        merged = _in_office_hours(draws, "profile merged", records.merged_day)
        is_merged = (records.merged_into >= 0) & (records.merged_day >= 0)
        self.merged = or_never(np.maximum(merged, created + DAY), is_merged)
        self.into = records.merged_into.astype(np.int64)
        self.unmerged = np.full(len(created), NEVER)
        self._take_apart(corrections, draws)
        deleted = _in_office_hours(draws, "profile deleted", records.deleted_day)
        self.deleted = or_never(
            np.maximum(deleted, created + DAY), records.deleted_day >= 0
        )
        order = np.argsort(corrections.day, kind="stable")[::-1]
        self._row = corrections.row[order].astype(np.int64)
        self._field = corrections.field[order]
        self._before = corrections.before[order]
        self._at = _in_office_hours(draws, "correction", corrections.day[order])
        self._at = or_never(self._at, np.ones(len(order), dtype=bool))

    def _take_apart(self, corrections: Corrections, draws: Draws) -> None:
        """Read merges that were undone: what ``merged_into`` said before."""
        at = _in_office_hours(draws, "merge undone", corrections.day)
        undone = corrections.field == "merged_into"
        for nth in np.flatnonzero(undone).tolist():
            row, into = int(corrections.row[nth]), int(corrections.before[nth] or -1)
            same = (corrections.row == row) & (corrections.field == "merged_day")
            if into < 0 or self.into[row] >= 0 or not same.any():
                continue
            day = np.array([int(corrections.before[same][0])])
            merged = _in_office_hours(draws, "profile merged", day)[0]
            merged = max(int(merged), int(self.created[row]) + DAY)
            if merged < at[nth] < END:
                self.into[row], self.merged[row] = into, merged
                self.unmerged[row] = at[nth]

    def is_merged(self, rows: NDArray[np.intp], at: Seconds | int) -> NDArray[np.bool_]:
        """Tell which records are merged into another at a moment."""
        return (self.merged[rows] <= at) & (self.unmerged[rows] > at)

    def survivor(self, rows: NDArray[np.intp], at: Seconds | int) -> NDArray[np.intp]:
        """Return the record each record has been merged into by a moment."""
        rows = np.array(rows, dtype=np.int64)
        at = np.broadcast_to(at, rows.shape)
        for _ in range(MERGE_DEPTH):
            gone = self.is_merged(rows, at)
            rows = np.where(gone, self.into[rows], rows)
        return rows

    def relinked(self, rows: NDArray[np.intp]) -> list[Seconds]:
        """Return the moments at which rows that hang on a record change its id."""
        moments, rows = [], np.array(rows, dtype=np.int64)
        latest = np.zeros(len(rows), dtype=np.int64)
        for _ in range(MERGE_DEPTH):
            at = self.merged[rows]
            if (at == NEVER).all():
                break
            latest = np.maximum(latest, at)
            moments.append(np.where(at < NEVER, latest, NEVER))
            moments.append(self.unmerged[rows])
            rows = np.where(at < NEVER, self.into[rows], rows)
            latest = np.where(at < NEVER, latest, NEVER)
        return moments

    def mended(self, rows: NDArray[np.intp]) -> list[Seconds]:
        """Return the moments of corrections, one array per first, second, … one."""
        position = np.full(len(self.records.person), -1)
        position[rows] = np.arange(len(rows))
        place = position[self._row]
        ours = place >= 0
        place, at = place[ours], self._at[ours]
        order = np.lexsort((at, place))
        place, at = place[order], at[order]
        rank = np.arange(len(place)) - np.searchsorted(place, place)
        columns = []
        for nth in range(int(rank.max()) + 1 if len(rank) else 0):
            column = np.full(len(rows), NEVER)
            column[place[rank == nth]] = at[rank == nth]
            columns.append(column)
        return columns

    def changes(self, rows: NDArray[np.intp]) -> Changes:
        """Return when these records change; a merge ends a record."""
        apart = self.unmerged[rows] < NEVER
        merged = np.where(apart, NEVER, self.merged[rows])
        ended = np.minimum(merged, self.deleted[rows])
        hidden = np.where(apart, self.merged[rows], NEVER), self.unmerged[rows]
        mended = self.mended(rows)
        return Changes(self.created[rows], *mended, deleted=ended, hidden=hidden)

    def at(self, rows: NDArray[np.intp], moment: int) -> SimpleNamespace:
        """Return the content of records as the department held it at a moment."""
        records = self.records
        fields = {name: getattr(records, name)[rows] for name in CONTENT}
        position = np.full(len(records.person), -1)
        position[rows] = np.arange(len(rows))
        # Corrections run from the latest to the earliest: the value before the first
        # correction that has not happened yet is what the department then held.
        for nth in np.flatnonzero((self._at > moment) & (position[self._row] >= 0)):
            name, before = self._field[nth], self._before[nth]
            if name in fields:
                values = fields[name]
                value = before if values.dtype == object else int(before or -1)
                values[position[self._row[nth]]] = value
        return SimpleNamespace(**fields)
