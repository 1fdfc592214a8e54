"""Reading large deliveries, beside plain DuckDB or lxml on the same bytes.

Belongs here: one delivery of each heavy format, made of one row many times over, and
what it costs to take it. Does not belong here: anything the product imports.

Ours hashes, reads strictly, judges every row, books the delivery and writes it. Plain
reads with DuckDB's own reader into a table of a file, or with lxml's ``iterparse`` into
lists, and checks nothing. Each run is a process of its own; the two take turns, and the
median of each counts. Seconds and memory of workers are counted with those of the
process that started them.

    python -m benchmarks.reading --rows 100000
    python -m benchmarks.reading --rows 100000 300000 1000000 --rounds 1

Several sizes show whether memory grows with the file.
"""

import argparse
import json
import os
import re
import resource
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import duckdb

from dagster_project.departments import hmis_columns, ledger, soda_columns
from dagster_project.warehouse import open_warehouse

FORMATS = ("hmis services", "cad calls", "care reports", "fhir encounters")
SHARE = {"care reports": 10}
"""A care report is as large as ten rows, so there are a tenth as many."""
ROUNDS = 3
WATCHED = 0.1
"""Seconds between two looks at the workers' memory."""


def rows_of(name: str, rows: int) -> int:
    """Return how many rows a format is measured with."""
    return rows // SHARE.get(name, 1)


def _services(rows: int) -> Iterator[str]:
    yield ",".join(hmis_columns.columns("Services", "FY2026")) + "\n"
    for number in range(rows):
        yield (
            f'"S{number}","E{number % 9973}","C{number % 4999}",2025-0{number % 9 + 1}-'
            f'1{number % 9},200,200,"","","",,,,,2025-02-03 08:00:00,'
            f'2025-03-04 09:{number % 60:02}:00,"U{number % 17}",,"X1"\n'
        )


def _export(folder: Path, rows: int) -> None:
    """Write an HMIS export whose services are many and whose rest is empty."""
    folder.mkdir()
    for file in hmis_columns.FILES:
        with (folder / f"{file}.csv").open("w", encoding="utf-8") as out:
            if file == "Services":
                out.writelines(_services(rows))
                continue
            columns = hmis_columns.columns(file, "FY2026")
            out.write(",".join(columns) + "\n")
            if file == "Export":
                told = {"ExportID": "X1", "ExportDate": "2025-11-01 01:00:00"}
                told |= {"CSVVersion": "2026 v1.0", "ExportDirective": "1"}
                told |= {"HashStatus": "1", "ExportStartDate": "2025-01-01"}
                told |= {"ExportEndDate": "2025-10-31"}
                out.write(",".join(told.get(c, "") for c in columns) + "\n")


def _calls(path: Path, rows: int) -> None:
    left = {"cad_number", "id", "pd_incident_report", "dup_cad_number"}
    row = {c: f"some {c}" for c in soda_columns.CAD_CALLS if c not in left}
    row |= {"received_datetime": "2025-07-06T23:10:00.000", "sensitive_call": False}
    row |= {"call_last_updated_at": "2025-07-06T23:10:00.000"}
    row |= {"intersection_point": {"type": "Point", "coordinates": [-122.41, 37.79]}}
    text = json.dumps(row)[1:]
    with path.open("w", encoding="utf-8") as out:
        for number in range(rows):
            out.write("[" if number == 0 else "\n,")
            out.write(f'{{"cad_number": "{250000000 + number}", {text}')
        out.write("]\n")


REPORT = """<PatientCareReport UUID="{n}"><eRecord><eRecord.01>R{n}</eRecord.01>
<eRecord.SoftwareApplicationGroup><eRecord.02>M</eRecord.02><eRecord.03>S</eRecord.03>
</eRecord.SoftwareApplicationGroup></eRecord><eResponse><eResponse.AgencyGroup>
<eResponse.01>A</eResponse.01></eResponse.AgencyGroup><eResponse.03>{n}</eResponse.03>
<eResponse.14>M 12</eResponse.14></eResponse><eTimes><eTimes.01 xsi:nil="true"
NV="7701001"/><eTimes.03>2025-07-03T10:00:00-07:00</eTimes.03>
<eTimes.06>2025-07-03T10:09:00-07:00</eTimes.06></eTimes><ePatient>
<ePatient.PatientNameGroup><ePatient.02>Osei</ePatient.02><ePatient.03>Yaw</ePatient.03>
</ePatient.PatientNameGroup><ePatient.14>2514005</ePatient.14><ePatient.14>2514011
</ePatient.14><ePatient.17>1971-02-03</ePatient.17></ePatient>{vitals}<eDisposition>
<eDisposition.IncidentDispositionGroup><eDisposition.27>4227001</eDisposition.27>
<eDisposition.28>4228001</eDisposition.28><eDisposition.30>4230001</eDisposition.30>
</eDisposition.IncidentDispositionGroup></eDisposition></PatientCareReport>
"""
VITALS = (
    "<eVitals><eVitals.VitalGroup>"
    + "".join(f"<eVitals.{n:02}>{60 + n}</eVitals.{n:02}>" for n in range(1, 34))
    + "</eVitals.VitalGroup></eVitals>"
) * 4
"""A third of an honest report is what we do not take."""


def _reports(path: Path, rows: int) -> None:
    head = (
        '<EMSDataSet xmlns="http://www.nemsis.org" '
        'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><Header>\n'
    )
    with path.open("w", encoding="utf-8") as out:
        out.write(head)
        for number in range(rows):
            out.write(REPORT.format(n=number, vitals=VITALS))
        out.write("</Header></EMSDataSet>\n")


def _encounters(folder: Path, rows: int) -> None:
    folder.mkdir()
    code = {"coding": [{"system": "http://snomed.info/sct", "code": "185347001"}]}
    rest = {
        "meta": {"lastUpdated": "2025-07-03T00:00:00Z"},
        "status": "finished",
        "class": {"code": "AMB"},
        "type": [code | {"text": "Encounter for problem"}] * 2,
        "subject": {"reference": "Patient/1", "display": "Yaw Osei"},
        "participant": [{"individual": {"reference": "Practitioner/9"}}] * 2,
        "period": {"start": "2025-07-02T08:00:00-07:00"},
        "serviceProvider": {"reference": "Organization/7", "display": "Clinic"},
    }
    text = json.dumps(rest)[1:]
    with (folder / "Encounter.000.ndjson").open("w", encoding="utf-8") as out:
        for number in range(rows):
            out.write(f'{{"resourceType": "Encounter", "id": "e{number}", {text}\n')
    manifest = {"transactionTime": "2025-07-07T04:00:00Z", "request": "x?_since=2025"}
    manifest |= {"output": [{"type": "Encounter", "url": "x/Encounter.000.ndjson"}]}
    (folder / "manifest.json").write_text(json.dumps(manifest))


def lay_down(landing: Path, name: str, rows: int) -> Path:
    """Write one format's delivery and return its largest file."""
    for department in ("hsh", "dem", "fire", "dph"):
        (landing / department).mkdir(parents=True, exist_ok=True)
    if name == "hmis services":
        folder = landing / "hsh" / "hmis_20251101T080000"
        _export(folder, rows)
        return folder / "Services.csv"
    if name == "cad calls":
        path = landing / "dem" / "cad_20250707T040000.json"
        _calls(path, rows)
        return path
    if name == "care reports":
        path = landing / "fire" / "epcr_20250707T040000.xml"
        _reports(path, rows)
        return path
    folder = landing / "dph" / "fhir_20250707T040000"
    _encounters(folder, rows)
    return folder / "Encounter.000.ndjson"


def take(landing: Path, folder: Path) -> int:
    """Take everything in a landing folder and return the rows loaded."""
    with open_warehouse(folder / "warehouse.duckdb") as connection:
        outcomes = ledger.take_all(connection, landing)
    assert all(outcome.status == "taken" for outcome in outcomes), outcomes
    return sum(outcome.rows_loaded for outcome in outcomes)


def plain(name: str, path: Path, folder: Path) -> int:
    """Read one file with the plainest means there is and return its rows."""
    if name == "care reports":
        return _plain_xml(path)
    how = {
        "hmis services": "select * from read_csv(?, all_varchar = true)",
        "cad calls": "select * from read_json(?, format = 'array')",
        "fhir encounters": "select json->>'id' as id, json::varchar as resource "
        "from read_ndjson_objects(?)",
    }[name]
    with duckdb.connect(str(folder / "plain.duckdb"), config={"threads": 2}) as into:
        into.execute(f"create table rows as {how}", [str(path)])
        return into.execute("select count(*) from rows").fetchone()[0]


def _plain_xml(path: Path) -> int:
    """Read every element's text of every report, as the plainest program would."""
    from lxml import etree

    rows = 0
    tag = "{http://www.nemsis.org}PatientCareReport"
    for _, element in etree.iterparse(str(path), tag=tag):
        rows += bool([(inner.tag, inner.text) for inner in element.iter()])
        element.clear()
        while element.getprevious() is not None:
            del element.getparent()[0]
    return rows


def _cpu() -> float:
    """Return the CPU seconds of this process and of the workers it ended."""
    return sum(os.times()[:4])


def _watch(workers: dict[str, int]) -> None:
    """Note the peak of each worker in KiB, several times a second.

    The system's own figure for children begins with the memory of their parent.
    """
    while True:
        for children in Path("/proc/self/task").glob("*/children"):
            try:
                for child in children.read_text().split():
                    status = Path(f"/proc/{child}/status").read_text()
                    if found := re.search(r"VmHWM:\s+(\d+)", status):
                        workers[child] = int(found[1])
            except OSError:  # it ended meanwhile
                continue
        time.sleep(WATCHED)


def one(whose: str, name: str, landing: Path, path: Path) -> None:
    """Measure one run in this process and print it as JSON."""
    with tempfile.TemporaryDirectory(prefix="throughline-reading-") as folder:
        workers: dict[str, int] = {}
        threading.Thread(target=_watch, args=(workers,), daemon=True).start()
        began, cpu_began = time.perf_counter(), _cpu()
        rows = (
            take(landing, Path(folder))
            if whose == "ours"
            else plain(name, path, Path(folder))
        )
        cpu, wall = _cpu() - cpu_began, time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    peak += sum(workers.values()) / 1024
    print(json.dumps({"rows": rows, "wall": wall, "cpu": cpu, "peak": peak}))


HEAD = (
    f"{'delivery':<16} {'rows':>9} {'MiB':>6} {'ours row/s':>11} {'plain row/s':>11} "
    f"{'wall s':>13} {'ratio':>6} {'cpu s':>13} {'ratio':>6} {'peak MiB':>11}"
)
"""Of two figures in one column the first is ours."""


def compared(name: str, rows: int, rounds: int) -> str:
    """Measure both by turns and return the line of the table."""
    with tempfile.TemporaryDirectory(prefix="throughline-reading-") as folder:
        landing = Path(folder) / "landing"
        path = lay_down(landing, name, rows)
        found: dict[str, list[dict]] = {"ours": [], "plain": []}
        for _ in range(rounds):
            for whose, runs in found.items():
                command = [sys.executable, "-m", "benchmarks.reading", "--one", whose]
                command += [name, str(landing), str(path)]
                done = subprocess.run(command, check=True, capture_output=True)
                runs.append(json.loads(done.stdout))
        size = path.stat().st_size / (1 << 20)
    wall, cpu = (_medians(found, of) for of in ("wall", "cpu"))
    ours, plain = (max(run["peak"] for run in runs) for runs in found.values())
    return (
        f"{name:<16} {rows:>9,} {size:>6,.0f} {rows / wall[0]:>11,.0f} "
        f"{rows / wall[1]:>11,.0f} {_both(wall)} {_both(cpu)} "
        f"{ours:>5,.0f} {plain:>5,.0f}"
    )


def _medians(found: dict[str, list[dict]], of: str) -> tuple[float, float]:
    ours, plain = (
        statistics.median(run[of] for run in runs) for runs in found.values()
    )
    return ours, plain


def _both(figures: tuple[float, float]) -> str:
    return f"{figures[0]:>6.1f} {figures[1]:>6.1f} {figures[0] / figures[1]:>6.1f}"


def main() -> None:
    """Print a row for each format and size."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--rows", type=int, nargs="+", default=[1_000_000], help="CSV and JSON rows"
    )
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--only", choices=FORMATS, nargs="+", default=FORMATS)
    parser.add_argument("--one", nargs=4, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.one:
        whose, name, landing, path = asked.one
        one(whose, name, Path(landing), Path(path))
        return
    print(HEAD)
    for name in asked.only:
        for rows in asked.rows:
            print(compared(name, rows_of(name, rows), asked.rounds), flush=True)


if __name__ == "__main__":
    main()
