"""FHIR ServiceRequest resources: offers made by DPH teams.

Belongs here: an offer's status in FHIR's words.
Does not belong here: treatment begun (``fhir_care``).

- ServiceRequest: an offer. code.coding[0].code = label in lower case with hyphens
  (``shelter-non-congregate``), text = the label; authoredOn; encounter. status and the
  extension http://hl7.org/fhir/StructureDefinition/request-statusReason (code in
  ``…/CodeSystem/offer-result``) together give the offer's status::

      draft                     not_offered     revoked + no-capacity    no_capacity
      active                    pending         revoked + ineligible     ineligible
      active + accepted         accepted        revoked + declined       declined
      completed                 fulfilled       revoked + not-fulfilled  not_fulfilled
      unknown                   unknown

  The reason of a decline is the extension's text. occurrenceDateTime = day fulfilled.
"""

import numpy as np
from numpy.typing import NDArray

from dagster_project.synthetic.codes import DECLINE_REASONS, OFFER_STATUSES, RESOURCES
from dagster_project.synthetic.export.batches import Changes, or_never, within
from dagster_project.synthetic.export.clock import (
    DAY,
    HOUR,
    day_second,
    iso_days,
    with_offset,
)
from dagster_project.synthetic.export.fhir_care import Care
from dagster_project.synthetic.export.fhir_table import SYSTEMS, coding

REASON = "http://hl7.org/fhir/StructureDefinition/request-statusReason"
RESULTS = {
    "not_offered": ("draft", ""),
    "no_capacity": ("revoked", "no-capacity"),
    "ineligible": ("revoked", "ineligible"),
    "pending": ("active", ""),
    "declined": ("revoked", "declined"),
    "not_fulfilled": ("revoked", "not-fulfilled"),
    "accepted": ("active", "accepted"),
    "fulfilled": ("completed", ""),
    "unknown": ("unknown", ""),
}
"""FHIR status and status reason by offer status."""


class Requests:
    """Offers of DPH teams."""

    def __init__(self, care: Care):
        """Take the offers made at visits."""
        self.care = care
        source, encounters = care.source, care.encounters
        offers, draws = source.city.offers, source.draws
        visit_of = np.full(len(source.city.contacts.contact), -1)
        first = np.flatnonzero(encounters.copy == 0)
        visit_of[encounters.contact[first]] = first
        contact = np.searchsorted(source.city.contacts.contact, offers.contact)
        contact = np.minimum(contact, len(visit_of) - 1)
        self.rows = np.flatnonzero(visit_of[contact] >= 0)
        self.visit = visit_of[contact[self.rows]]
        self.record = encounters.record[self.visit]
        self.key = offers.offer[self.rows].astype(np.int64)
        self.second = offers.second[self.rows].astype(np.int64)
        created = within(
            self.second + HOUR + draws.below("offer lag", self.key, 2 * DAY)
        )
        day = offers.fulfilled_day[self.rows].astype(np.int64)
        done = day_second(np.maximum(day, 0), np.int64(17 * HOUR))
        self.done = or_never(np.maximum(done, created + 60), day >= 0)
        self.changes = Changes(created, self.done)

    def ids(self, rows: NDArray[np.intp]) -> list[str]:
        """Return ServiceRequest ids."""
        return [f"req-{n}" for n in self.key[rows].tolist()]

    def render(self, rows: NDArray[np.intp], until: int) -> list[str]:
        """Return the resources' content."""
        offers = self.care.source.city.offers
        which = self.rows[rows]
        subjects = self.care.subject(self.record, self.changes, rows, until)
        columns = zip(
            [RESOURCES[n] for n in offers.resource[which].tolist()],
            [OFFER_STATUSES[n] for n in offers.status[which].tolist()],
            offers.decline_reason[which].tolist(),
            (self.done[rows] <= until).tolist(),
            iso_days(offers.fulfilled_day[which]),
            subjects,
            self.care.encounters.ids(self.visit[rows]),
            with_offset(self.second[rows]),
            strict=True,
        )
        return [self._one(*values) for values in columns]

    def _one(
        self,
        label: str,
        state: str,
        reason: int,
        is_done: bool,
        done: str,
        subject: str,
        visit: str,
        at: str,
    ) -> str:
        if state == "fulfilled" and not is_done and done:
            state = "accepted"
        status, result = RESULTS[state]
        text = f',"text":"{DECLINE_REASONS[reason]}"' if reason > 0 else ""
        parts = []
        if result:
            system = f"{SYSTEMS}/offer-result"
            parts.append(
                f'"extension":[{{"url":"{REASON}","valueCodeableConcept":{{"coding":'
                f'[{{"system":"{system}","code":"{result}"}}]{text}}}}}]'
            )
        slug = label.lower().replace(" - ", "-").replace(" ", "-")
        parts.append(
            f'"status":"{status}","intent":"proposal",'
            f'"code":{coding(f"{SYSTEMS}/service-offer", slug, label)},'
            f'"subject":{{"reference":"Patient/{subject}"}},'
            f'"encounter":{{"reference":"Encounter/{visit}"}},"authoredOn":"{at}"'
        )
        if status == "completed" and done:
            parts.append(f'"occurrenceDateTime":"{done}"')
        return ",".join(parts)
