"""Feed ``fire_epcr``: electronic patient care reports, NEMSIS 3.5.1 XML.

Belongs here: who the patient is in NEMSIS elements, which reports a file holds.
Does not belong here: codes of care (``epcr_care``), the XML frame (``epcr_template``).

``epcr_<UTC time>.xml``, one EMSDataSet, a PatientCareReport per report. What a reader
needs:

- eRecord.01 is the report's id (in ``fire:epcr:<id>``); @UUID belongs to it. A reopened
  report comes again in a later file under the same id: the later delivery wins, there
  is no version number. A voided report comes again with eDisposition.27 = 4227011 and
  no patient.
- eResponse.03 is the dispatcher's number (YYDDDnnnn; 5 % differ by a digit), .04 adds
  the unit; .05 = 2205031 marks visits that are no emergency; .14 is the call sign,
  whose first word names the team: ``SCRT 3``, ``SORT 1``, ``EMS6 2``; ``EMS 4`` is an
  ordinary ambulance.
- eTimes.07 (at patient) is the contact's time; times carry their offset.
- Homeless residence: ePatient.22 = 2522001. Age is in .15 with units .16 when known.
  ePatient.12 holds nine digits, or the last four.
- Refused transport: eDisposition.30 = 4230009 with .31; released by protocol: 4230013
  with 4231005; treatment declined: .28 = 4228003 (4228007 is not used); death: .21 =
  4221009 and .19 = 4219009.
- Naloxone is eMedications.03 = 7242 (RxNorm), buprenorphine started = 1819.
- eScene.15 is ``A ST/B ST``; eNarrative.01 is blank on 8 % of first versions.
"""

from collections.abc import Iterable, Iterator
from pathlib import Path
from uuid import NAMESPACE_OID, uuid5

import numpy as np
from numpy.typing import NDArray

from dagster_project.synthetic.export import epcr_template as template
from dagster_project.synthetic.export.batches import (
    Changes,
    Delivery,
    or_never,
    within,
)
from dagster_project.synthetic.export.clock import DAY, HOUR, NEVER
from dagster_project.synthetic.export.epcr_rows import patients, runs
from dagster_project.synthetic.export.files import write_blocks
from dagster_project.synthetic.export.source import Source

REOPENED = 0.08
"""Share of reports sent again, mended (made_up_city §7)."""
VOIDED = 0.003
"""Share of reports made twice, the second voided (made_up_city §7)."""
AT_ONCE = 2_000
"""Reports rendered at a time: about ten megabytes."""


class Writer:
    """Writes the weekly files in order."""

    def __init__(self, source: Source, spoil):
        """Lay out reports and the moments they are sent."""
        self.source, self.spoil = source, spoil
        draws, city = source.draws, source.city
        reports = source.reports("epcr")
        key = city.reports.report[reports].astype(np.int64)
        second = city.contacts.second[source.contact_of_report[reports]]
        late = draws.uniform("epcr lag", key)
        limit = np.select([late < 0.8, late < 0.95], [DAY, 3 * DAY], 14 * DAY)
        depth = draws.uniform("epcr lag depth", key)
        created = within(second + HOUR + (depth * limit).astype(np.int64))
        voided_at = created + DAY + draws.below("epcr void", key, 9 * DAY)
        voided_at = or_never(voided_at, draws.uniform("epcr voided", key) < VOIDED)
        extra = np.flatnonzero(voided_at < NEVER)
        rows = np.concatenate([np.arange(len(reports)), extra])
        self.copy = np.arange(len(rows)) >= len(reports)
        self.key, self.report = key[rows], reports[rows]
        created = created[rows]
        again = created + DAY + draws.below("epcr reopened", self.key, 25 * DAY)
        reopened = draws.uniform("epcr is reopened", self.key) < REOPENED
        self.again = or_never(again, reopened & ~self.copy)
        self.again[self.copy] = voided_at[extra]
        self.record = source.records.record_of_report[self.report].astype(np.int64)
        records, place = np.unique(self.record, return_inverse=True)
        mends = [column[place] for column in source.profiles.mended(records)]
        self.changes = Changes(created, self.again, *mends)

    def write(self, delivery: Delivery, path: Path) -> dict[str, int]:
        """Write one file; return how many reports it holds."""
        rows = self.changes.between(delivery.since, delivery.until)
        # A fault needs one report to break; the count tells it where it will stand.
        sample = self._reports(rows[:1], delivery.until) * len(rows)
        extra = list(self.spoil(delivery, "PatientCareReport", sample))
        write_blocks(path, self._content(rows, delivery.until, extra))
        return {"PatientCareReport": len(rows) + len(extra)}

    def _content(
        self, rows: NDArray[np.intp], until: int, extra: Iterable[str]
    ) -> Iterator[bytes]:
        yield template.HEAD.format(agency="S38").encode()
        for start in range(0, len(rows), AT_ONCE):
            yield "".join(self._reports(rows[start : start + AT_ONCE], until)).encode()
        yield "".join(extra).encode()
        yield template.TAIL.encode()

    def _reports(self, rows: NDArray[np.intp], until: int) -> list[str]:
        source, again = self.source, self.again[rows]
        contact = source.contact_of_report[self.report[rows]]
        copy = self.copy[rows]
        void = copy & (again <= until)
        early = (again > until) & (again < NEVER)
        ids = source.records.source_record_id[self.record[rows]]
        ids = [f"{i}-V" if c else i for i, c in zip(ids, copy.tolist(), strict=True)]
        columns = patients(source, self.record[rows], self.key[rows], until, void)
        columns |= runs(source, contact, self.key[rows], early)
        columns["number"] = ids
        columns["uuid"] = [str(uuid5(NAMESPACE_OID, value)) for value in ids]
        columns["unit_disposition"] = np.where(void, "4227011", "4227001").tolist()
        return template.reports(columns, len(rows))
