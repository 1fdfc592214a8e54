"""Feed ``fire_calls``: Fire and EMS calls, one row per unit (DataSF nuek-vuh3).

Belongs here: unit rows of medical incidents.
Does not belong here: patient care reports (``epcr``), police calls (``cad``).

``calls_<UTC time>.csv``, header of API field names, UTF-8, LF. Key: rowid =
call_number-unit_id; call_number is DEM's number (YYDDDnnnn), shared with CAD's
cad_number and with eResponse.03. One to three rows per call; the third unit is often
added a week later. call_final_disposition belongs to the unit: the first one tells what
became of the patient, others say ``Other`` or ``Cancelled``. Since 2023-05-24 refusals
read ``Other``. Times are local without offset, case_location is WKT
``POINT (lon lat)``, zip codes end in ``.0``. Numbers are text.
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dagster_project.synthetic.codes import AGENCIES, RESOLUTIONS
from dagster_project.synthetic.export.batches import Changes, Delivery, portions, within
from dagster_project.synthetic.export.clock import (
    DAY,
    HOUR,
    NEVER,
    floating,
)
from dagster_project.synthetic.export.files import blocks, write_blocks
from dagster_project.synthetic.export.places import (
    neighbourhoods,
    of_area,
    points,
    spelled,
)
from dagster_project.synthetic.export.source import Source
from dagster_project.synthetic.export.text import choose, csv_lines

HEADER = tuple(
    [
        "call_number",
        "unit_id",
        "incident_number",
        "call_type",
        "call_date",
        "watch_date",
        "received_dttm",
        "entry_dttm",
        "dispatch_dttm",
        "response_dttm",
        "on_scene_dttm",
        "transport_dttm",
        "hospital_dttm",
        "call_final_disposition",
        "available_dttm",
        "address",
        "city",
        "zipcode_of_incident",
        "battalion",
        "station_area",
        "box",
        "original_priority",
        "priority",
        "final_priority",
        "als_unit",
        "call_type_group",
        "number_of_alarms",
        "unit_type",
        "unit_sequence_in_call_dispatch",
        "fire_prevention_district",
        "supervisor_district",
        "neighborhoods_analysis_boundaries",
        "rowid",
        "case_location",
        "data_as_of",
        "data_loaded_at",
    ]
)
"""API field names of nuek-vuh3."""
ENDS = {
    "gone_on_arrival": "Unable to Locate",
    "unable_to_locate": "Unable to Locate",
    "cancelled": "Cancelled",
    "no_merit": "No Merit",
}
"""Disposition of a run that met nobody; GOA left the EMS system on 2023-05-24."""
UNITS = (("MEDIC", "M"), ("ENGINE", "E"), ("PRIVATE", "AM"), ("SUPPORT", "CP"))
WATCH = 8 * HOUR
"""A watch lasts from eight to eight."""


class Writer:
    """Writes the weekly files in order."""

    def __init__(self, source: Source, spoil):
        """Lay out units and the moments their rows appear."""
        self.source, self.spoil = source, spoil
        city, draws, incidents = source.city, source.draws, source.incidents
        count = len(incidents.incident)
        fire = np.zeros(count, dtype=bool)
        moved = np.zeros(count, dtype=bool)
        dead = np.zeros(count, dtype=bool)
        contact = source.contact_of_report[source.reports("epcr")]
        contact = contact[city.contacts.incident[contact] >= 0]
        row = incidents.row(city.contacts.incident[contact])
        fire[row] = True
        np.logical_or.at(moved, row, city.contacts.transported[contact])
        dies = city.people.dies[city.contacts.person[contact]]
        np.logical_or.at(dead, row, dies == city.contacts.day[contact])
        calls = city.cad_calls
        row = incidents.row(calls.incident)
        fire[row] |= calls.agency == AGENCIES.index("Fire")
        ends = np.full(count, "Other", dtype=object)
        names = np.array([ENDS.get(r, "Other") for r in RESOLUTIONS], dtype=object)
        ends[row] = names[calls.resolution]
        ends[dead & ~moved] = "Medical Examiner"
        code3 = draws.uniform("code 3", incidents.incident) < 0.25
        ends[moved] = np.where(code3, "Code 3 Transport", "Code 2 Transport")[moved]
        rows = np.flatnonzero(fire)
        units = 1 + draws.pick("fire units", incidents.incident[rows], [35, 45, 20])
        self.row = np.repeat(rows, units)
        first = np.repeat(np.cumsum(units) - units, units)
        self.sequence = np.arange(len(self.row)) - first
        self.key = incidents.incident[self.row].astype(np.int64) * 4 + self.sequence
        self.second = incidents.second[self.row]
        self.moved = moved[self.row] & (self.sequence == 0)
        other = np.where(self.key % 3 == 0, "Cancelled", "Other")
        self.ends = np.where(self.sequence == 0, ends[self.row], other)
        late = np.where(self.sequence == 2, 7 * DAY, 0)
        self.changes = Changes(within(self.second + DAY + late))

    def write(self, delivery: Delivery, path: Path) -> dict[str, int]:
        """Write one file; return its number of rows."""
        rows = self.changes.between(delivery.since, delivery.until)
        lines: list[str] = []
        for some in portions(rows):
            lines += csv_lines(HEADER, self._columns(some, delivery))
        lines += self.spoil(delivery, "fire_calls", lines)
        write_blocks(path, blocks([",".join(HEADER), *lines]))
        return {"fire_calls": len(lines)}

    def _columns(self, rows: NDArray[np.intp], delivery: Delivery) -> dict[str, list]:
        incidents, draws = self.source.incidents, self.source.draws
        key, second, row = self.key[rows], self.second[rows], self.row[rows]
        received = floating(second)
        sequence = self.sequence[rows]
        moved = self.moved[rows]
        dispatch = second + 60 + key % 90 + 45 * sequence
        scene = dispatch + 300 + draws.below("fire drive", key, 500)
        leaves = scene + 900 + draws.below("fire on scene", key, 1500)
        none = np.full(len(rows), NEVER)
        seen = ~np.isin(self.ends[rows], ["Cancelled"])
        corner = incidents.corner[row]
        number = [f"{n:09d}" for n in incidents.number[row].tolist()]
        kind = draws.pick("fire unit", key, [45, 30, 15, 10]).tolist()
        unit = [
            f"{UNITS[k][1]}{1 + n % 59:02d}"
            for k, n in zip(kind, key.tolist(), strict=True)
        ]
        days = [text[:10] + "T00:00:00.000" for text in received]
        watch = floating(second - WATCH)
        priority = np.where(
            draws.uniform("fire priority", key) < 0.4, "3", "2"
        ).tolist()
        loaded = np.full(len(rows), delivery.until)
        return {
            "call_number": number,
            "unit_id": unit,
            "incident_number": [f"{25_000_000 + n}" for n in row.tolist()],
            "call_type": ["Medical Incident"] * len(rows),
            "call_date": days,
            "watch_date": [text[:10] + "T00:00:00.000" for text in watch],
            "received_dttm": received,
            "entry_dttm": floating(second + 40),
            "dispatch_dttm": floating(dispatch),
            "response_dttm": floating(dispatch + 35),
            "on_scene_dttm": floating(np.where(seen, scene, none)),
            "transport_dttm": floating(np.where(moved, leaves, none)),
            "hospital_dttm": floating(np.where(moved, leaves + 900, none)),
            "call_final_disposition": self.ends[rows].tolist(),
            "available_dttm": floating(leaves + np.where(moved, 3000, 120)),
            "address": choose(spelled("/"), corner),
            "city": ["San Francisco"] * len(rows),
            "zipcode_of_incident": [f"{z}.0" for z in choose(of_area("zip"), corner)],
            "battalion": choose(of_area("battalion"), corner),
            "station_area": choose(of_area("station"), corner),
            "box": [f"{1000 + n}" for n in corner.tolist()],
            "original_priority": priority,
            "priority": priority,
            "final_priority": priority,
            "als_unit": ["true" if k == 0 else "false" for k in kind],
            "call_type_group": ["Potentially Life-Threatening"] * len(rows),
            "number_of_alarms": ["1"] * len(rows),
            "unit_type": [UNITS[k][0] for k in kind],
            "unit_sequence_in_call_dispatch": (sequence + 1).tolist(),
            "fire_prevention_district": ["1"] * len(rows),
            "supervisor_district": choose(of_area("supervisor"), corner),
            "neighborhoods_analysis_boundaries": choose(neighbourhoods(), corner),
            "rowid": [f"{n}-{u}" for n, u in zip(number, unit, strict=True)],
            "case_location": choose(points("POINT ({x} {y})"), corner),
            "data_as_of": floating(loaded),
            "data_loaded_at": floating(loaded + 60),
        }
