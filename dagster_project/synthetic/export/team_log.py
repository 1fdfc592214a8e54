"""Feed ``dem_team_log``: the street teams' form, exported each month as CSV.

Belongs here: rows of the form in its two versions.
Does not belong here: what other departments know of the same contact.

``team_log_<UTC time>.csv``, UTF-8, LF; rows whose SystemModstamp (UTC) is later than
the last export, the first export everything. Version 1 (to 2025-03-25) has local
EncounterDate ``2025-01-31`` and EncounterTime ``14:35``; version 2 has
EncounterDateTimeUTC ``2025-04-02T21:35:00.000Z`` and NeighborhoodTeam. Times are
rounded to five minutes. Key: ContactID, 18 characters, case counts; the row with the
latest SystemModstamp wins. What a reader needs:

- Team: registry codes (HSOC until 2025-03-25, then INST).
- ContactMade ``Yes``; ``No`` rows are HEART runs that met nobody: no client, no offer.
- ServicesOffered holds all real offers; Accepted and Declined are parts of it (in 3 %
  an accepted label is missing from Offered: accepted implies offered). A label offered
  but neither accepted nor declined: result unknown or pending.
- Of an accepted label, Outcome tells the rest: ``Service received`` fulfilled,
  ``Accepted`` accepted, ``Accepted - not completed`` not fulfilled; else ``Declined``,
  ``Not available``, ``Not eligible``, ``Pending``, ``Not recorded`` or ``Engaged``. One
  Outcome per contact, the first of that list that applies.
- ReferredTo: ``Warm hand-off: MOUD`` where the team brought the client to treatment
  for opioid use itself, written at the contact; or ``OCC``.
- ResourceRequested: wanted, no capacity. Labels wanted and ineligible stand in Notes
  as ``Not eligible: <label>``. DeclineReason is one of ``city.DECLINE_REASONS``.
- IsDeleted ``true``/``false``; a deleted row is a second entry of a contact.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dagster_project.synthetic.codes import AGENCIES, RESOLUTIONS
from dagster_project.synthetic.export.batches import (
    TEAM_LOG_V2_FROM,
    Changes,
    Delivery,
    portions,
    within,
)
from dagster_project.synthetic.export.clock import DAY, HOUR, NEVER, utc
from dagster_project.synthetic.export.files import blocks, write_blocks
from dagster_project.synthetic.export.hmis_table import amended, entered_twice
from dagster_project.synthetic.export.source import Source
from dagster_project.synthetic.export.team_log_rows import (
    FormRows,
    encounters,
    services,
    who,
)
from dagster_project.synthetic.export.text import csv_lines

HEADER_V1 = tuple(
    [
        "ContactID",
        "FirstName",
        "LastName",
        "Alias",
        "DOB",
        "Age",
        "Gender",
        "Phone",
        "EncounterDate",
        "EncounterTime",
        "Team",
        "Location",
        "Neighborhood",
        "IncidentNumber",
        "ContactMade",
        "ServicesOffered",
        "ServicesAccepted",
        "ServicesDeclined",
        "DeclineReason",
        "ResourceRequested",
        "Outcome",
        "FollowUpDate",
        "ReferredTo",
        "Worker",
        "Notes",
        "IsDeleted",
        "SystemModstamp",
    ]
)
HEADER_V2 = tuple(
    [
        "ContactID",
        "FirstName",
        "LastName",
        "Alias",
        "DOB",
        "Age",
        "Gender",
        "Phone",
        "EncounterDateTimeUTC",
        "Team",
        "NeighborhoodTeam",
        "Location",
        "Neighborhood",
        "IncidentNumber",
        "ContactMade",
        "ServicesOffered",
        "ServicesAccepted",
        "ServicesDeclined",
        "DeclineReason",
        "ResourceRequested",
        "Outcome",
        "FollowUpDate",
        "ReferredTo",
        "Worker",
        "Notes",
        "IsDeleted",
        "SystemModstamp",
    ]
)
EDITED = 0.04
"""Share of rows edited later (made_up_city §7)."""
MISSED = 0.10
"""Share of HEART's runs that met nobody and are logged all the same [assumption]."""


class Writer:
    """Writes the monthly files in order."""

    def __init__(self, source: Source, spoil):
        """Lay out contacts, second entries, and runs that met nobody."""
        self.source, self.spoil = source, spoil
        draws, city = source.draws, source.city
        reports = source.reports("team_log")
        contact = source.contact_of_report[reports]
        key = city.reports.report[reports].astype(np.int64)
        second = city.contacts.second[contact].astype(np.int64)
        created = self._written(key, second)
        twice, gone = entered_twice(draws, "log", key, created)
        calls = city.cad_calls
        empty = calls.agency == AGENCIES.index("HEART")
        absent = [RESOLUTIONS.index(r) for r in ("gone_on_arrival", "unable_to_locate")]
        empty &= np.isin(calls.resolution, absent)
        empty &= draws.uniform("log missed", calls.incident) < MISSED
        self.call = np.flatnonzero(empty)
        n, extra, missed = len(reports), len(twice), len(self.call)
        rows = np.concatenate([np.arange(n), twice])
        none = np.full(missed, -1)
        self.report = np.concatenate([reports[rows], none])
        self.contact = np.concatenate([contact[rows], none])
        call_key = calls.incident[self.call].astype(np.int64)
        self.incident = np.concatenate(
            [np.full(n + extra, 0), source.incidents.row(call_key)]
        )
        call_second = calls.second[self.call].astype(np.int64) + HOUR // 2
        self.key = np.concatenate([key[rows], call_key])
        self.second = np.concatenate([second[rows], call_second])
        first = np.concatenate([created[rows], self._written(call_key, call_second)])
        self.copy = np.zeros(n + extra + missed, dtype=bool)
        self.copy[n : n + extra] = True
        deleted = np.full(len(self.key), NEVER)
        deleted[self.copy] = gone
        self.edited = amended(draws, "log", self.key, first, EDITED)
        self.edited[self.copy | (self.report < 0)] = NEVER
        record = source.records.record_of_report[self.report[: n + extra]]
        unique, place = np.unique(record, return_inverse=True)
        mends = [
            np.concatenate([column[place], np.full(missed, NEVER)])
            for column in source.profiles.mended(unique)
        ]
        self.changes = Changes(first, self.edited, *mends, deleted=deleted)

    def _written(self, key: NDArray, second: NDArray) -> NDArray[np.int64]:
        """70 % within the week, 20 % within 30 days, 10 % later (made_up_city §7)."""
        draws = self.source.draws
        share, depth = draws.uniform("log lag", key), draws.uniform("log depth", key)
        low = np.select([share < 0.7, share < 0.9], [0, 7 * DAY], 30 * DAY)
        high = np.select([share < 0.7, share < 0.9], [7 * DAY, 30 * DAY], 60 * DAY)
        return within(second + HOUR + low + (depth * (high - low)).astype(np.int64))

    def write(self, delivery: Delivery, path: Path) -> dict[str, int]:
        """Write one file; return its number of rows."""
        header = HEADER_V1
        if delivery.extracted_at >= TEAM_LOG_V2_FROM:
            header = HEADER_V2
        rows = self.changes.between(delivery.since, delivery.until)
        lines: list[str] = []
        for some in portions(rows):
            lines += csv_lines(header, self._columns(some, delivery.until))
        lines += self.spoil(delivery, "dem_team_log", lines)
        write_blocks(path, blocks([",".join(header), *lines]))
        return {"dem_team_log": len(lines)}

    def _columns(self, rows: NDArray[np.intp], until: int) -> dict[str, list]:
        source, edited = self.source, self.edited[rows]
        report = self.report[rows]
        record = source.records.record_of_report[np.maximum(report, 0)]
        form = FormRows(
            self.key[rows],
            self.contact[rows],
            np.where(report >= 0, record, -1),
            self.incident[rows],
            self.second[rows],
            self.copy[rows],
            (edited > until) & (edited < NEVER),
        )
        deleted = self.changes.deleted[rows] <= until
        columns = who(source, form, until) | encounters(source, form)
        columns |= services(source, form)
        columns["IsDeleted"] = np.where(deleted, "true", "false").tolist()
        columns["SystemModstamp"] = utc(self.changes.last(rows, until))
        return columns
