"""The made-up city written out as every department would deliver it.

Belongs here: the loop over feeds and deliveries, and the list of what was written.
Does not belong here: formats (a module each), the calendar (``batches``), what happens
in the city (``lives``), who people say they are (``identity``).
"""

import os
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib import import_module
from json import dumps
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from dagster_project.synthetic.city import City
from dagster_project.synthetic.export.batches import (
    DEPARTMENTS,
    Delivery,
    calendar,
)
from dagster_project.synthetic.export.faults import Faults
from dagster_project.synthetic.export.files import write_blocks
from dagster_project.synthetic.export.source import Source
from dagster_project.synthetic.records import Corrections, Records

MODULES = {
    "hsh_hmis": "hmis",
    "fire_epcr": "epcr",
    "fire_calls": "fire_calls",
    "dph_fhir": "fhir",
    "dem_cad": "cad",
    "dem_team_log": "team_log",
    "datasf_311": "cases_311",
}
WITH_SIDECAR = {("fire_calls", 2), ("datasf_311", 3), ("dem_cad", 4)}
"""Deliveries that come with a manifest beside them: a few, as in life."""
FAULT_SCHEMA = pa.schema(
    [
        *((name, pa.string()) for name in ("fault", "department", "feed", "delivery")),
        ("table_name", pa.string()),
        ("column_name", pa.string()),
        ("row_number", pa.int64()),  # among the rows of its table; -1: the whole file
        ("expected", pa.string()),
        ("delivered_again_as", pa.string()),
        ("arrives_at", pa.timestamp("us", tz="UTC")),
        ("detail", pa.string()),
    ]
)
"""Columns of ``injected_faults``, also when there is none."""
Progress = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Written:
    """One delivery as it lies in the landing folder."""

    feed: str
    department: str
    name: str
    extracted_at: datetime
    arrives_at: datetime
    mode: str
    rows: int


def write_deliveries(
    city: City,
    records: Records,
    corrections: Corrections,
    landing: Path,
    truth: Path,
    seed: int,
    faults: bool = True,
    progress: Progress | None = None,
) -> list[Written]:
    """Write all deliveries of all feeds under ``landing/<department>/``.

    The same city, records and seed give the same bytes. A file's modification time is
    the moment it arrives. ``truth`` gets ``deliveries.parquet`` and
    ``injected_faults.parquet``.
    """
    source = Source(city, records, corrections, seed)
    planted = Faults(is_on=faults)
    written: list[Written] = []
    for feed in DEPARTMENTS:
        module = import_module(f"{__name__}.{MODULES[feed]}")
        writer = module.Writer(source, planted.spoil)
        folder = landing / DEPARTMENTS[feed]
        folder.mkdir(parents=True, exist_ok=True)
        deliveries = calendar(feed)
        for delivery in deliveries:
            path = folder / delivery.name
            rows = sum(writer.write(delivery, path).values())
            for place, arrives in planted.after(delivery, path):
                _arrive(place, arrives)
                written.append(_entry(delivery, place, arrives, rows))
            if (feed, delivery.number) in WITH_SIDECAR:
                _sidecar(delivery, path, rows)
            if progress:
                progress(f"write {feed}", delivery.number + 1, len(deliveries))
        del writer  # or two feeds would be in memory at once
    truth.mkdir(parents=True, exist_ok=True)
    entries = pa.Table.from_pylist([asdict(entry) for entry in written])
    pq.write_table(entries, truth / "deliveries.parquet")
    path = truth / "injected_faults.parquet"
    pq.write_table(pa.Table.from_pylist(planted.planted, FAULT_SCHEMA), path)
    return written


def _entry(delivery: Delivery, path: Path, arrives: datetime, rows: int) -> Written:
    mode = "full" if delivery.is_full else "delta"
    at = delivery.extracted_at
    department = delivery.department
    return Written(delivery.feed, department, path.name, at, arrives, mode, rows)


def _arrive(path: Path, moment: datetime) -> None:
    """Set the modification time of a delivery to its arrival."""
    inside = sorted(path.iterdir()) if path.is_dir() else []
    for place in (*inside, path):
        os.utime(place, (moment.timestamp(), moment.timestamp()))


def _sidecar(delivery: Delivery, path: Path, rows: int) -> None:
    until = delivery.extracted_at.date()
    manifest = {
        "file": path.name,
        "sha256": sha256(path.read_bytes()).hexdigest(),
        "rows": rows,
        "period_start": datetime.fromtimestamp(delivery.since, UTC).date().isoformat(),
        "period_end": until.isoformat(),
        "mode": "delta",
        "schema_version": "1",
    }
    sidecar = path.with_name(path.name + ".manifest.json")
    write_blocks(sidecar, [dumps(manifest, indent=1).encode() + b"\n"])
    _arrive(sidecar, delivery.extracted_at)
