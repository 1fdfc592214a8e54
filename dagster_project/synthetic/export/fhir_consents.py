"""FHIR Consent resources.

Belongs here: what patients agreed to, for how long.
Does not belong here: who they are (``fhir_patients``).

Consent: category code ``roi`` (release of information, everybody) or ``42CFRPart2``
(people with a Part 2 record). status active with provision permit and period; refused =
status rejected, provision deny; expired = period.end in the past; revoked = inactive.
"""

import numpy as np
from numpy.typing import NDArray

from dagster_project.synthetic.export.batches import Changes, or_never, within
from dagster_project.synthetic.export.clock import DAY, HOUR, iso_days
from dagster_project.synthetic.export.clock import local_day as day_of
from dagster_project.synthetic.export.fhir_patients import patient_rows
from dagster_project.synthetic.export.fhir_table import SYSTEMS as CODES
from dagster_project.synthetic.export.source import Source

REFUSED, EXPIRED = 0.06, 0.09
REVOKED_YEARLY = 0.005
"""Releases refused, expired, revoked a year (made_up_city §7)."""


class Consents:
    """Consent resources: a release of information each, Part 2 where it matters."""

    def __init__(self, source: Source, opioid: NDArray[np.bool_]):
        """Decide who signed what; ``opioid`` marks the records with Part 2 rows."""
        rows, draws = patient_rows(source), source.draws
        known = source.records.person[rows] >= 0
        rows, opioid = rows[known], opioid[known]
        asked = opioid & (draws.uniform("part 2 asked", rows) < 0.7)
        self.source = source
        self.record = np.concatenate([rows, rows[asked]]).astype(np.int64)
        self.part_2 = np.arange(len(self.record)) >= len(rows)
        self.key = self.record * 2 + self.part_2
        share = draws.uniform("consent", self.key)
        self.refused = share < REFUSED
        self.expires = (share >= REFUSED) & (share < REFUSED + EXPIRED)
        self.signed = within(source.profiles.created[self.record] + 2 * HOUR)
        after = draws.uniform("consent revoked", self.key)
        years = after / REVOKED_YEARLY
        revoked = self.signed + (np.minimum(years, 5) * 365 * DAY).astype(np.int64)
        self.revoked = or_never(revoked + DAY, (years < 5) & ~self.refused)
        self.changes = Changes(self.signed, self.revoked)

    def ids(self, rows: NDArray[np.intp]) -> list[str]:
        """Return Consent ids."""
        return [f"con-{n}" for n in self.key[rows].tolist()]

    def render(self, rows: NDArray[np.intp], until: int) -> list[str]:
        """Return the resources' content."""
        patient = self.source.records.source_record_id[self.record[rows]].tolist()
        start = day_of(self.signed[rows])
        lasts = np.where(self.expires[rows], 90 + self.key[rows] % 90, 5 * 365)
        texts = zip(
            patient,
            iso_days(start),
            iso_days(start + lasts),
            self.part_2[rows].tolist(),
            self.refused[rows].tolist(),
            (self.revoked[rows] <= until).tolist(),
            strict=True,
        )
        lines = []
        for who, begins, ends, part_2, refused, revoked in texts:
            status = "rejected" if refused else "inactive" if revoked else "active"
            kind = "deny" if refused else "permit"
            code = "42CFRPart2" if part_2 else "roi"
            lines.append(
                f'"status":"{status}","scope":{{"coding":[{{"system":'
                '"http://terminology.hl7.org/CodeSystem/consentscope",'
                '"code":"patient-privacy"}]},"category":[{"coding":[{"system":'
                f'"{CODES}/consent-category","code":"{code}"}}]}}],'
                f'"patient":{{"reference":"Patient/{who}"}},"dateTime":"{begins}",'
                f'"policyRule":{{"text":"{code}"}},"provision":{{"type":"{kind}",'
                f'"period":{{"start":"{begins}","end":"{ends}"}}}}'
            )
        return lines
