"""Resources of one FHIR type over time.

Belongs here: which resources a bulk export holds, meta, deletions.
Does not belong here: what stands in a resource.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dagster_project.synthetic.export.batches import Changes, Delivery, portions
from dagster_project.synthetic.export.clock import NEVER, utc

BASE = "https://fhir.dph.example.org"
SYSTEMS = f"{BASE}/CodeSystem"
PART_2 = (
    ',"security":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode",'
    '"code":"42CFRPart2"}]'
)
"""Security label of rows from a programme under 42 CFR Part 2."""
Render = Callable[[NDArray[np.intp], int], list[str]]
"""From rows and a moment to resources without type, id and meta."""


@dataclass
class FhirTable:
    """Rows of one resource type."""

    kind: str
    ids: Callable[[NDArray[np.intp]], list[str]]
    changes: Changes
    render: Render
    part_2: NDArray[np.bool_] | None = None

    def of(self, delivery: Delivery) -> tuple[list[str], list[str]]:
        """Return a delivery's resources, and its bundles of deletions."""
        changes, until = self.changes, delivery.until
        rows = changes.between(delivery.since, until)
        gone = changes.deleted[rows] <= until
        kept = rows[~gone]
        lines: list[str] = []
        for some in portions(kept):
            lines += self._lines(some, until)
        known = gone & (changes.created[rows] <= delivery.since)
        dead = rows[known & (not delivery.is_full)]
        times = utc(np.minimum(changes.deleted[dead], NEVER - 1))
        bundles = [
            f'{{"resourceType":"Bundle","meta":{{"lastUpdated":"{u}"}},'
            '"type":"transaction","entry":[{"request":{"method":"DELETE",'
            f'"url":"{self.kind}/{i}"}}}}]}}'
            for i, u in zip(self.ids(dead), times, strict=True)
        ]
        return lines, bundles

    def _lines(self, rows: NDArray[np.intp], until: int) -> list[str]:
        updated = utc(self.changes.last(rows, until))
        labels = [""] * len(rows)
        if self.part_2 is not None:
            labels = [PART_2 if p else "" for p in self.part_2[rows].tolist()]
        start = f'{{"resourceType":"{self.kind}","id":"'
        parts = zip(
            self.ids(rows), updated, labels, self.render(rows, until), strict=True
        )
        return [
            f'{start}{i}","meta":{{"lastUpdated":"{u}"{label}}},{rest}}}'
            for i, u, label, rest in parts
        ]


def coding(system: str, code: str, display: str) -> str:
    """Write a CodeableConcept with one coding."""
    return (
        f'{{"coding":[{{"system":"{system}","code":"{code}",'
        f'"display":"{display}"}}],"text":"{display}"}}'
    )
