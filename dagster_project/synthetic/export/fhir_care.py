"""FHIR Procedure and Condition resources.

Belongs here: treatment begun, diagnoses.
Does not belong here: who the patient is, visits, offers (``fhir_requests``).

- Procedure: a MOUD start. code HCPCS G2068 (buprenorphine) or H0020 (methadone), with
  usedCode RxNorm 1819 or 6813; performedDateTime; encounter when one fits. Methadone
  comes from a Part 2 programme: meta.security 42CFRPart2.
- Condition: code ICD-10-CM F11.20 (opioids), F20.9 (psychosis), F10.20 or F15.20;
  category problem-list-item; recordedDate up to 30 days after the first visit. An
  overdose seen in the ED: T40.2X1A, category encounter-diagnosis, with encounter. A
  quarter of F11.20 carries the Part 2 label.
"""

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from dagster_project.synthetic.codes import KINDS, OUTCOMES
from dagster_project.synthetic.export.batches import Changes, within
from dagster_project.synthetic.export.clock import (
    DAY,
    HOUR,
    day_second,
    with_offset,
)
from dagster_project.synthetic.export.fhir_encounters import Encounters
from dagster_project.synthetic.export.fhir_patients import patient_rows
from dagster_project.synthetic.export.fhir_table import coding
from dagster_project.synthetic.export.source import Source

HCPCS = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"
RXNORM = "http://www.nlm.nih.gov/research/umls/rxnorm"
ICD = "http://hl7.org/fhir/sid/icd-10-cm"
DRUGS = (
    ("G2068", "Buprenorphine treatment", "1819", "buprenorphine"),
    ("H0020", "Methadone administration", "6813", "methadone"),
)
METHADONE = 0.35
"""Share of MOUD starts on methadone [S Larochelle 2018: 11 of 28]."""
DIAGNOSES = (
    ("opioid", "F11.20", "Opioid dependence"),
    ("serious_mental_illness", "F20.9", "Schizophrenia"),
    ("alcohol_or_meth", "F15.20", "Stimulant dependence"),
)
RECORDED = 0.8
"""Share of conditions that reach the chart [assumption]."""
PART_2_CONDITIONS = 0.25
SPAN = 10_000
"""More days than any city lasts: person and day make one sortable number."""


class Care:
    """The rows behind all three types, joined once."""

    def __init__(self, source: Source, encounters: Encounters):
        """Take the city's starts, health and offers as DPH knows them."""
        self.source, self.encounters = source, encounters
        first = np.flatnonzero(encounters.copy == 0)
        contacts = source.city.contacts
        contact = encounters.contact[first]
        keys = contacts.person[contact].astype(np.int64) * SPAN + contacts.day[contact]
        order = np.argsort(keys, kind="stable")
        self.visits, self.visit_keys = first[order], keys[order]

    def nearest(self, person: NDArray, day: NDArray) -> tuple[NDArray, NDArray]:
        """Return a person's last visit up to a day (else the next), and if it is near.

        -1 where DPH never saw the person.
        """
        wanted = person.astype(np.int64) * SPAN + day
        after = np.searchsorted(self.visit_keys, wanted, side="right")
        visits = np.full(len(wanted), -1)
        near = np.zeros(len(wanted), dtype=bool)
        for place in (after, after - 1):  # the one before wins
            safe = np.clip(place, 0, max(len(self.visit_keys) - 1, 0))
            if not len(self.visit_keys):
                break
            same = (place >= 0) & (place < len(self.visit_keys))
            same &= self.visit_keys[safe] // SPAN == person
            visits = np.where(same, self.visits[safe], visits)
            gap = wanted - self.visit_keys[safe]
            near = np.where(same, (gap >= 0) & (gap <= 1), near)
        return visits, near

    @cached_property
    def opioid_records(self) -> NDArray[np.bool_]:
        """Tell which patients use opioids, in the order of ``patient_rows``."""
        person = self.source.records.person[patient_rows(self.source)]
        return (person >= 0) & self.source.city.people.opioid[np.maximum(person, 0)]

    def subject(
        self, record: NDArray, changes: Changes, rows: NDArray, until: int
    ) -> list:
        """Return Patient ids as of each row's last change."""
        at = changes.last(rows, until)
        survivor = self.source.profiles.survivor(record[rows], at)
        return self.source.records.source_record_id[survivor].tolist()


class Procedures:
    """MOUD starts."""

    def __init__(self, care: Care):
        """Give each start to a record of the person, where DPH has one."""
        self.care = care
        source = care.source
        outcomes, draws = source.city.outcomes, source.draws
        rows = np.flatnonzero(outcomes.kind == OUTCOMES.index("moud_start"))
        person, day = outcomes.person[rows], outcomes.day[rows].astype(np.int64)
        visit, self.near = care.nearest(person, day)
        known = visit >= 0
        person, self.day = person[known].astype(np.int64), day[known]
        self.visit, self.near = visit[known], self.near[known]
        self.key = person * SPAN + self.day
        self.record = care.encounters.record[self.visit]
        self.drug = (draws.uniform("methadone", self.key) < METHADONE).astype(int)
        self.part_2 = self.drug == 1
        self.at = day_second(
            self.day, 10 * HOUR + draws.below("moud hour", self.key, 6 * HOUR)
        )
        lag = DAY + draws.below("moud lag", self.key, 4 * DAY)
        self.changes = Changes(within(self.at + lag))

    def ids(self, rows: NDArray[np.intp]) -> list[str]:
        """Return Procedure ids."""
        return [f"proc-{n}" for n in self.key[rows].tolist()]

    def render(self, rows: NDArray[np.intp], until: int) -> list[str]:
        """Return the resources' content."""
        visits = self.care.encounters.ids(self.visit[rows])
        subjects = self.care.subject(self.record, self.changes, rows, until)
        columns = zip(
            self.drug[rows].tolist(),
            subjects,
            visits,
            self.near[rows].tolist(),
            with_offset(self.at[rows]),
            strict=True,
        )
        lines = []
        for drug, subject, visit, near, at in columns:
            code, display, rxnorm, name = DRUGS[drug]
            seen = f'"encounter":{{"reference":"Encounter/{visit}"}},' if near else ""
            lines.append(
                f'"status":"completed","code":{coding(HCPCS, code, display)},'
                f'"subject":{{"reference":"Patient/{subject}"}},{seen}'
                f'"performedDateTime":"{at}",'
                f'"usedCode":[{coding(RXNORM, rxnorm, name)}]'
            )
        return lines


class Conditions:
    """Chronic conditions of patients, and overdoses seen in the ED."""

    def __init__(self, care: Care):
        """Lay out diagnoses."""
        self.care = care
        source = care.source
        draws, people = source.draws, source.city.people
        rows = patient_rows(source).astype(np.int64)
        rows = rows[source.records.person[rows] >= 0]
        person = source.records.person[rows]
        parts = []
        for number, (flag, _, _) in enumerate(DIAGNOSES):
            recorded = draws.uniform(f"recorded {flag}", rows) < RECORDED
            some = rows[getattr(people, flag)[person] & recorded]
            at = source.profiles.created[some] + draws.below(
                f"late {flag}", some, 30 * DAY
            )
            parts.append((some, np.full(len(some), number), np.full(len(some), -1), at))
        visits = self._overdoses()
        encounters = care.encounters
        at = encounters.start[visits] + 6 * HOUR
        at = at + draws.below("overdose coded", encounters.key[visits], 30 * DAY)
        three = np.full(len(visits), len(DIAGNOSES))
        parts.append((encounters.record[visits], three, visits, at))
        self.record, self.kind, self.visit, at = map(
            np.concatenate, zip(*parts, strict=True)
        )
        self.key = np.where(self.visit >= 0, self.visit, self.record) * 4 + self.kind
        self.changes = Changes(within(at.astype(np.int64)))
        programme = draws.uniform("part 2 condition", self.key) < PART_2_CONDITIONS
        self.part_2 = (self.kind == 0) & programme

    def _overdoses(self) -> NDArray[np.intp]:
        contacts, encounters = self.care.source.city.contacts, self.care.encounters
        overdoses = contacts.incident[contacts.kind == KINDS.index("overdose")]
        incident = contacts.incident[encounters.contact]
        found = np.isin(incident, overdoses) & (incident >= 0)
        return np.flatnonzero(
            found & (encounters.copy == 0) & (encounters.team == "ED")
        )

    def ids(self, rows: NDArray[np.intp]) -> list[str]:
        """Return Condition ids."""
        return [f"cond-{n}" for n in self.key[rows].tolist()]

    def render(self, rows: NDArray[np.intp], until: int) -> list[str]:
        """Return the resources' content."""
        subjects = self.care.subject(self.record, self.changes, rows, until)
        visit = self.visit[rows]
        visits = (
            self.care.encounters.ids(np.maximum(visit, 0))
            if len(visit) and len(self.care.encounters.key)
            else [""] * len(visit)
        )
        recorded = with_offset(self.changes.created[rows])
        lines = []
        for kind, subject, seen, visit_id, at in zip(
            self.kind[rows].tolist(),
            subjects,
            visit.tolist(),
            visits,
            recorded,
            strict=True,
        ):
            code, text = "T40.2X1A", "Poisoning by opioids, accidental"
            if kind < len(DIAGNOSES):
                _, code, text = DIAGNOSES[kind]
            category = "encounter-diagnosis" if seen >= 0 else "problem-list-item"
            place = (
                f'"encounter":{{"reference":"Encounter/{visit_id}"}},'
                if seen >= 0
                else ""
            )
            lines.append(
                '"clinicalStatus":{"coding":[{"system":'
                '"http://terminology.hl7.org/CodeSystem/condition-clinical",'
                '"code":"active"}]},"category":[{"coding":[{"system":'
                '"http://terminology.hl7.org/CodeSystem/condition-category",'
                f'"code":"{category}"}}]}}],"code":{coding(ICD, code, text)},'
                f'"subject":{{"reference":"Patient/{subject}"}},{place}'
                f'"recordedDate":"{at}"'
            )
        return lines
