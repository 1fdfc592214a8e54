"""Reads a written landing folder back, plainly, as tests need it."""

import csv
import io
import json
import zipfile
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

NEMSIS = "{http://www.nemsis.org}"


def hmis_exports(landing: Path) -> Iterator[tuple[str, dict[str, list[dict]]]]:
    """Yield each export as its directive and the rows of each file."""
    for path in sorted((landing / "hsh").glob("hmis_*.zip")):
        tables = {}
        with zipfile.ZipFile(path) as archive:
            for name in archive.namelist():
                text = archive.read(name).decode()
                tables[name.removesuffix(".csv")] = list(
                    csv.DictReader(io.StringIO(text))
                )
        yield tables["Export"][0]["ExportDirective"], tables


def hmis_live(landing: Path, file: str, key: str) -> dict[str, dict]:
    """Return a file's live rows after all exports, by key."""
    live: dict[str, dict] = {}
    for directive, tables in hmis_exports(landing):
        if directive == "2":
            live = {}
        for row in tables[file]:
            live[row[key]] = row
    return {k: row for k, row in live.items() if k and not row["DateDeleted"]}


def reports(landing: Path) -> dict[str, etree._Element]:
    """Return the last version of each patient care report."""
    found = {}
    for path in sorted((landing / "fire").glob("epcr_*.xml")):
        for report in etree.parse(path).iter(f"{NEMSIS}PatientCareReport"):
            found[text(report, "eRecord.01")] = report
    return found


def text(report: etree._Element, element: str) -> str | None:
    """Return the text of an element of a report."""
    return report.findtext(f".//{NEMSIS}{element}")


def resources(landing: Path, kind: str) -> dict[str, dict]:
    """Return the live resources of a type, by id."""
    live: dict[str, dict] = {}
    for folder in sorted((landing / "dph").iterdir()):
        manifest = json.loads((folder / "manifest.json").read_text())
        for entry in manifest["output"]:
            if entry["type"] != kind:
                continue
            lines = (folder / entry["url"].rsplit("/", 1)[1]).read_text().splitlines()
            assert len(lines) == entry["count"]
            for line in lines:
                row = json.loads(line)
                if "id" in row:
                    live[row["id"]] = row
        for entry in manifest["deleted"]:
            name = entry["url"].rsplit("/", 1)[1]
            for line in (folder / name).read_text().splitlines():
                url = json.loads(line)["entry"][0]["request"]["url"]
                if url.startswith(kind + "/"):
                    del live[url.split("/")[1]]
    return live


def csv_rows(path: Path) -> list[dict]:
    """Return the rows of a CSV file."""
    with path.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))
