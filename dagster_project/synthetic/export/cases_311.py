"""Feed ``datasf_311``: 311 cases (DataSF vw6y-z8j6): places and topics, no people.

Belongs here: case rows and their closing.
Does not belong here: anything about a client.

``cases_<UTC time>.csv``, API field names, UTF-8, LF. Key: service_request_id. A case
comes when opened and again when closed (status_description Open, then Closed; the row
with the later updated_datetime wins). Encampment cases are called ``Encampments`` when
requested before 2025-03-01 and ``Encampment`` after. Times are local without offset;
addresses read ``Intersection of A ST & B ST``.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dagster_project.synthetic.codes import CASE_TOPICS
from dagster_project.synthetic.export.batches import (
    Changes,
    Delivery,
    or_never,
    portions,
    within,
)
from dagster_project.synthetic.export.clock import NEVER, floating
from dagster_project.synthetic.export.files import blocks, write_blocks
from dagster_project.synthetic.export.places import (
    corner_of,
    neighbourhoods,
    of_area,
    points,
    spelled,
)
from dagster_project.synthetic.export.source import Source
from dagster_project.synthetic.export.text import choose, csv_lines

HEADER = tuple(
    [
        "service_request_id",
        "requested_datetime",
        "closed_date",
        "updated_datetime",
        "status_description",
        "status_notes",
        "agency_responsible",
        "service_name",
        "service_subtype",
        "service_details",
        "address",
        "street",
        "supervisor_district",
        "neighborhoods_sffind_boundaries",
        "analysis_neighborhood",
        "police_district",
        "lat",
        "long",
        "point",
        "source",
        "data_as_of",
        "data_loaded_at",
    ]
)
"""API field names of vw6y-z8j6."""
RENAMED = 1740816000
"""2025-03-01 in San Francisco: the encampment category loses its plural."""
SERVICES = {
    "encampment": ("Encampments", "Encampment Reports"),
    "person_concern": ("Homeless Concerns", "Individual Concerns"),
    "blocked_sidewalk": ("Blocked Street or SideWalk", "Blocked Sidewalk"),
}
SOURCES = ("Mobile/Open311", "Phone", "Web")


class Writer:
    """Writes the weekly files in order."""

    def __init__(self, source: Source, spoil):
        """Lay out cases and their closing."""
        self.source, self.spoil = source, spoil
        cases = source.city.cases_311
        self.second = cases.second.astype(np.int64)
        created = within(self.second + 300)
        known = cases.closed_second > 0
        closed = np.where(known, cases.closed_second, NEVER).astype(np.int64)
        self.closed = or_never(np.maximum(closed, created + 60), known)
        self.changes = Changes(created, self.closed)
        self.corner = corner_of(source.draws, "311 corner", cases.case, cases.area)

    def write(self, delivery: Delivery, path: Path) -> dict[str, int]:
        """Write one file; return its number of rows."""
        rows = self.changes.between(delivery.since, delivery.until)
        lines: list[str] = []
        for some in portions(rows):
            lines += csv_lines(HEADER, self._columns(some, delivery))
        lines += self.spoil(delivery, "datasf_311_cases", lines)
        write_blocks(path, blocks([",".join(HEADER), *lines]))
        return {"datasf_311_cases": len(lines)}

    def _columns(self, rows: NDArray[np.intp], delivery: Delivery) -> dict[str, list]:
        cases, corner = self.source.city.cases_311, self.corner[rows]
        topics = [CASE_TOPICS[code] for code in cases.topic[rows].tolist()]
        second, until = self.second[rows], delivery.until
        closed = np.where(self.closed[rows] <= until, self.closed[rows], NEVER)
        is_closed = (closed < NEVER).tolist()
        singular = (second >= RENAMED).tolist()
        names = [
            "Encampment" if t == "encampment" and s else SERVICES[t][0]
            for t, s in zip(topics, singular, strict=True)
        ]
        key = cases.case[rows].astype(np.int64)
        loaded = np.full(len(rows), until)
        area = choose(neighbourhoods(), corner)
        return {
            "service_request_id": [str(18_000_000 + n) for n in key.tolist()],
            "requested_datetime": floating(second),
            "closed_date": floating(closed),
            "updated_datetime": floating(self.changes.last(rows, until)),
            "status_description": ["Closed" if c else "Open" for c in is_closed],
            "status_notes": ["Case Resolved" if c else "open" for c in is_closed],
            "agency_responsible": ["HSOC Queue"] * len(rows),
            "service_name": names,
            "service_subtype": [SERVICES[topic][1] for topic in topics],
            "address": [f"Intersection of {p}" for p in choose(spelled(" & "), corner)],
            "street": [text.split(" & ")[0] for text in choose(spelled(" & "), corner)],
            "supervisor_district": choose(of_area("supervisor"), corner),
            "neighborhoods_sffind_boundaries": area,
            "analysis_neighborhood": area,
            "police_district": choose(of_area("police"), corner),
            "lat": choose(points("{y}"), corner),
            "long": choose(points("{x}"), corner),
            "point": choose(points("POINT ({x} {y})"), corner),
            "source": choose(SOURCES, key % 3),
            "data_as_of": floating(loaded),
            "data_loaded_at": floating(loaded + 60),
        }
