"""FHIR Encounter resources.

Belongs here: one encounter per contact DPH wrote down.
Does not belong here: what was done or found (``fhir_care``).

Encounter: class AMB (clinic and street teams), EMER (ED, PES) or IMP (INPT).
type[0].coding code = team or site (POET, STMED, OCC, CLINIC, ED, PES, INPT) in system
``…/CodeSystem/team``; type[1] code = contact kind in ``…/CodeSystem/visit-type``.
serviceProvider Organization/<team>. period with offset, start rounded to five minutes;
status in-progress without period.end until the stay ends. location[0] display =
neighbourhood of street visits. identifier with system ``https://sf.gov/dem/cad-number``
= incident number, where an ambulance brought the patient (5 % differ by a digit).
dischargeDisposition in 2 %. A second entry by mistake comes as status
entered-in-error later, or in a deleted bundle.
"""

import numpy as np
from numpy.typing import NDArray

from dagster_project.synthetic.codes import AREAS, KINDS, TEAMS
from dagster_project.synthetic.export.batches import Changes, or_never, within
from dagster_project.synthetic.export.clock import DAY, HOUR, NEVER, with_offset
from dagster_project.synthetic.export.fhir_table import SYSTEMS, coding
from dagster_project.synthetic.export.hmis_table import entered_twice
from dagster_project.synthetic.export.source import Source

CLASSES = {"ED": "EMER", "PES": "EMER", "INPT": "IMP"}
"""Class of a site; every other team sees people as outpatients."""
HOURS = {"ED": 6, "PES": 16, "INPT": 120}
"""Typical length of a stay; an outpatient visit takes less than an hour."""
SITE_NAMES = {
    "POET": "Post Overdose Engagement Team",
    "STMED": "Street Medicine",
    "OCC": "Office of Coordinated Care",
    "CLINIC": "Primary care clinic",
    "ED": "Emergency department",
    "PES": "Psychiatric emergency services",
    "INPT": "Inpatient unit",
}
IN_ERROR, DELETED = 0.004, 0.012
"""Share entered twice, then marked in error or deleted; the latter is about two a week
in the default city (made_up_city §7)."""
DISCHARGES = ("home", "aadvice", "psy", "oth")
DISCHARGE_KNOWN = 0.02
"""Discharge dispositions are missing in almost all encounters (domain §4.5)."""
STREET = ("POET", "STMED", "OCC")


class Encounters:
    """Encounter resources."""

    def __init__(self, source: Source):
        """Lay out contacts DPH wrote down, and second entries."""
        self.source = source
        draws, city = source.draws, source.city
        reports = source.reports("fhir")
        key = city.reports.report[reports].astype(np.int64)
        second = city.contacts.second[source.contact_of_report[reports]]
        lag = DAY // 2 + draws.below("encounter lag", key, 5 * DAY // 2)
        created = within(second + lag)
        error, error_at = entered_twice(
            draws, "encounter error", key, created, IN_ERROR
        )
        gone, gone_at = entered_twice(draws, "encounter gone", key, created, DELETED)
        n, e = len(reports), len(error)
        rows = np.concatenate([np.arange(n), error, gone])
        self.copy = np.zeros(len(rows), dtype=np.int64)
        self.copy[n : n + e], self.copy[n + e :] = 1, 2
        self.key, self.report = key[rows], reports[rows]
        self.contact = source.contact_of_report[self.report]
        self.record = source.records.record_of_report[self.report].astype(np.int64)
        created = created[rows]
        self.in_error = np.full(len(rows), NEVER)
        self.in_error[n : n + e] = error_at
        deleted = np.full(len(rows), NEVER)
        deleted[n + e :] = gone_at
        start = city.contacts.second[self.contact].astype(np.int64)
        start = start + draws.below("encounter clock", self.key, 600) - 300
        self.start = start - start % 300
        team = np.array(TEAMS, dtype=object)[city.contacts.team[self.contact]]
        hours = np.array([HOURS.get(name, 0) for name in TEAMS])
        typical = hours[city.contacts.team[self.contact]] * HOUR
        share = draws.uniform("encounter length", self.key)
        length = np.where(typical > 0, typical * (0.3 + 1.4 * share), 40 * 60)
        self.end = self.start + length.astype(np.int64) // 60 * 60
        self.team = team
        ends = or_never(self.end + HOUR, np.ones(len(rows), dtype=bool))
        self.changes = Changes(created, ends, self.in_error, deleted=deleted)

    def ids(self, rows: NDArray[np.intp]) -> list[str]:
        """Return Encounter ids."""
        pairs = zip(self.key[rows].tolist(), self.copy[rows].tolist(), strict=True)
        return [f"enc-{n}" + ("", "-x", "-d")[copy] for n, copy in pairs]

    def subjects(self, rows: NDArray[np.intp], until: int) -> list[str]:
        """Return Patient ids: the survivor's, if merged before the last change."""
        changed = self.changes.last(rows, until)
        record = self.source.profiles.survivor(self.record[rows], changed)
        return self.source.records.source_record_id[record].tolist()

    def render(self, rows: NDArray[np.intp], until: int) -> list[str]:
        """Return the resources' content."""
        source, contact = self.source, self.contact[rows]
        contacts, draws = source.city.contacts, source.draws
        teams = self.team[rows].tolist()
        kinds = [KINDS[k] for k in contacts.kind[contact].tolist()]
        ended = self.end[rows] + HOUR <= until
        error = self.in_error[rows] <= until
        status = np.where(
            error, "entered-in-error", np.where(ended, "finished", "in-progress")
        )
        number = source.incident_numbers("fhir", contact).tolist()
        areas = [AREAS[a] for a in contacts.area[contact].tolist()]
        left = draws.uniform("discharge", self.key[rows])
        ends = with_offset(self.end[rows])
        columns = zip(
            status.tolist(),
            teams,
            kinds,
            self.subjects(rows, until),
            with_offset(self.start[rows]),
            [
                text if is_over else ""
                for text, is_over in zip(ends, ended, strict=True)
            ],
            number,
            areas,
            left.tolist(),
            strict=True,
        )
        return [self._one(*values) for values in columns]

    def _one(
        self,
        status: str,
        team: str,
        kind: str,
        patient: str,
        start: str,
        end: str,
        number: int,
        area: str,
        left: float,
    ) -> str:
        code = CLASSES.get(team, "AMB")
        name = SITE_NAMES.get(team, team)
        parts = [f'"status":"{status}"']
        if number >= 0 and code == "EMER":
            parts.append(
                '"identifier":[{"system":"https://sf.gov/dem/cad-number",'
                f'"value":"{number:09d}"}}]'
            )
        parts.append(
            '"class":{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode",'
            f'"code":"{code}"}},"type":[{coding(SYSTEMS + "/team", team, name)},'
            f"{coding(SYSTEMS + '/visit-type', kind, kind.replace('_', ' '))}],"
            f'"subject":{{"reference":"Patient/{patient}"}},"period":{{"start":"{start}"'
            + (f',"end":"{end}"' if end else "")
            + "}"
        )
        if end and left < DISCHARGE_KNOWN:
            discharge = DISCHARGES[int(left / DISCHARGE_KNOWN * len(DISCHARGES))]
            system = "http://terminology.hl7.org/CodeSystem/discharge-disposition"
            parts.append(
                '"hospitalization":{"dischargeDisposition":'
                f"{coding(system, discharge, discharge)}}}"
            )
        if team in STREET:
            parts.append(f'"location":[{{"location":{{"display":"{area}"}}}}]')
        parts.append(
            f'"serviceProvider":{{"reference":"Organization/{team.lower()}",'
            f'"display":"{name}"}}'
        )
        return ",".join(parts)
