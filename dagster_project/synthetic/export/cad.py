"""Feed ``dem_cad``: dispatched calls, as DataSF publishes them (SODA JSON).

Belongs here: rows of gnap-fj3t with the extra columns of 2zdj-bwza.
Does not belong here: ambulance runs (``fire_calls``); people, whom CAD does not know.

``cad_<UTC time>.json``, an array of objects; null keys are absent, times are local
without offset, districts are text like ``5.0``. Key: cad_number (YYDDDnnnn). Rows are
mutable: a delivery holds rows whose call_last_updated_at is later than half an hour
before the last delivery, so rows repeat. Calls open at the extract have no
close_datetime and no disposition. Sensitive calls have no place and no notes.
dup_cad_number points to the call they repeat. Calls that Fire answered are here only
when police went too (disposition SFD).
"""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from dagster_project.synthetic.codes import AGENCIES, RESOLUTIONS
from dagster_project.synthetic.export.batches import (
    Changes,
    Delivery,
    or_never,
    portions,
    within,
)
from dagster_project.synthetic.export.clock import DAY, HOUR, NEVER, floating
from dagster_project.synthetic.export.files import blocks, write_blocks
from dagster_project.synthetic.export.places import (
    neighbourhoods,
    of_area,
    points,
    spelled,
)
from dagster_project.synthetic.export.source import Source
from dagster_project.synthetic.export.text import choose, json_rows, json_texts

OVERLAP = HOUR // 2
"""Deliveries reach back this far behind the last one (made_up_city §7)."""
UPDATED = 0.20
"""Share of calls touched again within a week (made_up_city §7)."""
POLICE_TOO = 0.35
"""Share of Fire's calls that police answer as well [assumption]."""
TYPES = (
    ("915", "HOMELESS COMPLAINT"),
    ("910", "CHECK ON WELL BEING"),
    ("800", "MENTALLY DISTURBED"),
    ("917", "SUSPICIOUS PERSON"),
)
"""Radio code and text by call kind; nobody calls a police radio code medical."""
DISPOSITIONS = {
    "handled": "HAN",
    "gone_on_arrival": "GOA",
    "unable_to_locate": "UTL",
    "cancelled": "CAN",
    "advised": "ADV",
    "report": "REP",
    "handover_ems": "SFD",
    "no_merit": "NOM",
    "open": "",
}
"""Codes of ``sf_cad_le_disposition_map`` by resolution."""
UNSEEN = ("cancelled", "no_merit")
"""Resolutions without anybody on scene."""


def array_of(lines: list[str]) -> list[str]:
    """Frame objects as one JSON array, a line each."""
    if not lines:
        return ["[]"]
    last = len(lines) - 1
    framed = [line + ("," if n < last else "") for n, line in enumerate(lines)]
    return ["[", *framed, "]"]


class Writer:
    """Writes the weekly files in order."""

    def __init__(self, source: Source, spoil):
        """Lay out calls and the moments they change."""
        calls, draws = source.city.cad_calls, source.draws
        self.source, self.spoil = source, spoil
        fire = calls.agency == AGENCIES.index("Fire")
        joint = draws.uniform("police too", calls.incident) < POLICE_TOO
        self.rows = np.flatnonzero(~fire | joint)
        self.fire = fire[self.rows]
        self.key = calls.incident[self.rows].astype(np.int64)
        self.second = calls.second[self.rows].astype(np.int64)
        self.incident = source.incidents.row(self.key)
        answered = 60 + draws.below("cad dispatch", self.key, 25 * 60)
        self.dispatch = self.second + answered
        lasts = 10 * 60 + draws.below("cad close", self.key, 80 * 60)
        resolution = np.array(RESOLUTIONS, dtype=object)[calls.resolution[self.rows]]
        self.resolution = np.where(self.fire, "handover_ems", resolution)
        closes = self.resolution != "open"
        self.close = or_never(self.dispatch + lasts, closes)
        created = within(self.second + 600)
        touched = draws.uniform("cad touched", self.key) < UPDATED
        later = self.dispatch + lasts + draws.below("cad touch", self.key, 7 * DAY)
        self.touched = or_never(later, touched & (self.close < NEVER))
        # Closing is seen in the same minute, and never before the call itself.
        closing = np.where(
            self.close < NEVER, np.maximum(self.close, created) + 3, NEVER
        )
        self.changes = Changes(created, closing, self.touched)

    def write(self, delivery: Delivery, path: Path) -> dict[str, int]:
        """Write one file; return its number of rows."""
        since = -1 if delivery.is_full else delivery.since - OVERLAP
        rows = self.changes.between(since, delivery.until)
        lines: list[str] = []
        for some in portions(rows):
            lines += json_rows(self._columns(some, delivery))
        lines += self.spoil(delivery, "dem_cad_calls", lines)
        write_blocks(path, blocks(array_of(lines)))
        return {"dem_cad_calls": len(lines)}

    def _columns(self, rows: NDArray[np.intp], delivery: Delivery) -> dict[str, list]:
        source, draws, key = self.source, self.source.draws, self.key[rows]
        calls, until = source.city.cad_calls, delivery.until
        kind = calls.kind[self.rows[rows]]
        sensitive = calls.sensitive[self.rows[rows]].astype(bool)
        closed = self.close[rows] <= until
        settled = closed & (
            (self.touched[rows] <= until) | (self.touched[rows] == NEVER)
        )
        resolution = self.resolution[rows]
        seen = closed & ~np.isin(resolution, UNSEEN)
        dispatch = self.dispatch[rows]
        onscene = np.where(seen, dispatch + 240 + key % 600, NEVER)
        codes = [DISPOSITIONS[name] for name in resolution]
        corner = source.incidents.corner[self.incident[rows]]
        agency = np.array(AGENCIES, dtype=object)[calls.agency[self.rows[rows]]]
        agency[self.fire[rows]] = "Police"
        double = calls.duplicate_of[self.rows[rows]]
        numbers = source.incidents.number
        twin = numbers[np.maximum(source.incidents.row(double), 0)].tolist()
        loaded = np.full(len(rows), until)

        def placed(values: list[str]) -> list[str]:
            return [
                "" if s else v for v, s in zip(values, sensitive.tolist(), strict=True)
            ]

        types = [TYPES[n][0] for n in kind.tolist()]
        words = [TYPES[n][1] for n in kind.tolist()]
        notes = ["PERSON DOWN" if n % 5 == 0 else "" for n in key.tolist()]
        district = [f"{value}.0" for value in of_area("supervisor")]
        point = points('{{"type":"Point","coordinates":[{x},{y}]}}')
        texts = {
            "id": [str(41_000_000 + n) for n in self.incident[rows].tolist()],
            "cad_number": [f"{n:09d}" for n in numbers[self.incident[rows]].tolist()],
            "dup_cad_number": [
                f"{n:09d}" if d >= 0 else "" for n, d in zip(twin, double, strict=True)
            ],
            "received_datetime": floating(self.second[rows]),
            "entry_datetime": floating(self.second[rows] + key % 120),
            "dispatch_datetime": floating(np.where(dispatch <= until, dispatch, NEVER)),
            "enroute_datetime": floating(np.where(seen, dispatch + 30, NEVER)),
            "onscene_datetime": floating(onscene),
            "close_datetime": floating(np.where(closed, self.close[rows], NEVER)),
            "call_type_original": types,
            "call_type_original_desc": words,
            "call_type_original_notes": placed(notes),
            "call_type_final": types,
            "call_type_final_desc": words,
            "priority_original": choose(
                ("A", "B", "C"), draws.below("cad priority", key, 3)
            ),
            "priority_final": choose(
                ("A", "B", "C"), draws.below("cad priority", key, 3)
            ),
            "agency": agency.tolist(),
            "disposition": [
                c if s else "" for c, s in zip(codes, settled.tolist(), strict=True)
            ],
            "onview_flag": np.where(key % 11 == 0, "Y", "N").tolist(),
        }
        columns = {name: json_texts(values) for name, values in texts.items()}
        columns["sensitive_call"] = [
            "true" if s else "false" for s in sensitive.tolist()
        ]
        columns["intersection_name"] = json_texts(
            placed(choose(spelled(" \\ "), corner))
        )
        columns["intersection_id"] = json_texts(
            placed([f"{25_000_000 + n}.0" for n in corner.tolist()])
        )
        columns["intersection_point"] = placed(choose(point, corner))
        columns["supervisor_district"] = json_texts(placed(choose(district, corner)))
        columns["analysis_neighborhood"] = json_texts(
            placed(choose(neighbourhoods(), corner))
        )
        columns["police_district"] = json_texts(
            placed(choose(of_area("police"), corner))
        )
        updated = floating(self.changes.last(rows, until))
        columns["call_last_updated_at"] = json_texts(updated)
        columns["data_as_of"] = json_texts(floating(loaded))
        columns["data_loaded_at"] = json_texts(floating(loaded + 81))
        return columns
