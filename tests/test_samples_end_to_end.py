"""Public sample exports, under the names people gave them, become marts.

One landing is built from the samples that lie beside a checkout and from broken copies
of them, and run once as a user would. What is right must arrive, what is wrong must be
in the ledger with its reason.
"""

import csv
import io
import json
import shutil
import zipfile
from pathlib import Path

import duckdb
import pytest

from dagster_project.departments.team_log_columns import VERSION_2
from dagster_project.warehouse import SETTINGS
from tests.commands import Call
from tests.finished_runs import environment

pytestmark = pytest.mark.city

LOGGED = {
    "ContactID": "0031N00001AbCdEQAV",
    "FirstName": "Maria",
    "LastName": "Howell",
    "DOB": "1979-04-08",
    "EncounterDateTimeUTC": "2024-10-05T17:05:00.000Z",
    "Team": "HEART",
    "ContactMade": "true",
    "ServicesOffered": "Shelter - Congregate;Hygiene",
    "ServicesAccepted": "Hygiene",
    "ServicesDeclined": "Shelter - Congregate",
    "IsDeleted": "false",
    "SystemModstamp": "2024-10-05T18:00:00.000Z",
}
"""The invented patient of NEMSIS's overdose sample, met by a team before."""


def as_csv(columns, rows: list[dict]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns)
    writer.writeheader()
    for row in rows:
        writer.writerow(
            {k: v if isinstance(v, str) else json.dumps(v) for k, v in row.items()}
        )
    return text.getvalue()


def build(samples: Path, landing: Path) -> None:
    """Lay the samples down as an outsider would, and broken ones beside them."""
    for department in ("hsh", "fire", "dph", "dem", "datasf"):
        (landing / department).mkdir(parents=True)
    hud = samples / "federal-samples" / "hud-lsa-sample"
    copy(hud / "fy2024_sliceA", landing / "hsh" / "HUD sample, FY2024")
    with zipfile.ZipFile(landing / "hsh" / "LSA 2026.zip", "w") as archive:
        for file in sorted((hud / "fy2026_sliceA").iterdir()):
            archive.writestr(f"export/{file.name}", file.read_bytes())
    legacy = samples / "hmis" / "mit-legacy-2017-sample"
    copy(legacy, landing / "hsh" / "legacy 2017")
    nemsis = sorted((samples / "federal-samples" / "nemsis").glob("*.xml"))
    for file in nemsis:
        shutil.copyfile(file, landing / "fire" / file.name)
    half = nemsis[0].read_bytes()[:9000]
    (landing / "fire" / "cut.xml").write_bytes(half)
    copy(samples / "fhir", landing / "dph" / "sample-bulk-fhir")
    calls = json.loads((samples / "datasf" / "gnap-fj3t_sample.json").read_text())
    units = json.loads((samples / "datasf" / "nuek-vuh3_sample.json").read_text())
    bad = [{"cad_number": "262730001"}, {**calls[0], "received_datetime": "9/30/26"}]
    closed = {**calls[1], "cad_number": "262730999", "dup_cad_number": "262730194"}
    closed |= {"source_filename": "closed.csv", "brand_new": "x"}
    dem, datasf = landing / "dem", landing / "datasf"
    (dem / "Polizeirufe – Sept. 2026.json").write_text(json.dumps(calls + bad))
    (dem / "2zdj-bwza.csv").write_text(as_csv(list(closed), [closed]))
    (dem / "team contacts.csv").write_text(as_csv(VERSION_2, [LOGGED]))
    (dem / "again.csv").write_text(as_csv(VERSION_2, [LOGGED]))
    (dem / "page.csv").write_text("<!DOCTYPE html><html>502</html>\n")
    (datasf / "nuek-vuh3.json").write_text(json.dumps(units))


def copy(folder: Path, target: Path) -> None:
    target.mkdir()
    for file in folder.iterdir():
        shutil.copyfile(file, target / file.name)


@pytest.fixture(scope="module")
def marts(shared_domain, tmp_path_factory) -> duckdb.DuckDBPyConnection:
    """Return the warehouse after one run over the samples."""
    home = tmp_path_factory.mktemp("samples")
    build(shared_domain, home / "landing")
    run = Call("run", environment=environment(home / "landing", home))
    _, errors = run.communicate()
    assert run.returncode == 0, errors
    assert "Traceback" not in errors
    assert (home / "marts.duckdb").exists()
    assert (home / "report.html").exists()
    path = str(home / "warehouse.duckdb")
    with duckdb.connect(path, read_only=True, config=SETTINGS) as connection:
        yield connection


def test_every_delivery_is_in_the_ledger_and_adds_up(marts):
    found = marts.sql(
        "select name, feed, status, rows_in, rows_loaded, rows_quarantined "
        "from raw.deliveries"
    ).fetchall()
    taken = {name: rows for name, _, status, *rows in found if status == "taken"}
    assert {name: rows[0] for name, rows in taken.items()} == {
        "HUD sample, FY2024": 3774,
        "LSA 2026.zip": 3795,
        "2025-EMS-1-Overdose_v351.xml": 1,
        "EMSDataset-Nils-1.xml": 1,
        "EMSDataset-NoRepeat-1.xml": 1,
        "sample-bulk-fhir": 556,
        "Polizeirufe – Sept. 2026.json": 8,
        "2zdj-bwza.csv": 1,
        "again.csv": 1,
        "nuek-vuh3.json": 5,
    }, "team contacts.csv is again.csv, and taken once"
    assert all(rows == loaded + held for rows, loaded, held in taken.values())
    refused = {name: feed for name, feed, status, *_ in found if status != "taken"}
    assert refused == {
        "legacy 2017": "hsh_hmis",
        "cut.xml": "fire_epcr",
        "page.csv": "unknown",
    }


def test_what_is_wrong_says_where_and_why(marts):
    reasons = dict(
        marts.sql(
            "select name, reason from raw.deliveries where status = 'quarantined'"
        ).fetchall()
    )
    assert "column CSVVersion" in reasons["legacy 2017"]
    assert "[not_well_formed]" in reasons["cut.xml"]
    assert "a web page" in reasons["page.csv"]
    assert marts.sql(
        "select department, table_name, column_name, rule from raw.quarantined_rows "
        "order by rule"
    ).fetchall() == [
        ("dem", "dem_cad_calls", "received_datetime", "bad_time"),
        ("dem", "dem_cad_calls", "received_datetime", "missing_required"),
    ]
    left_out = marts.sql("select rule, rows from raw.left_out_rows").fetchall()
    assert ("column_not_agreed: brand_new", 1) in left_out


def test_the_newer_export_wins_and_keys_stay(marts):
    clients, trimming = marts.sql(
        "select count(*), max(dob) filter (where source_record_id = 'C11073') "
        "from intermediate.int_client_records where source_system = 'hmis'"
    ).fetchone()
    assert (clients, str(trimming)) == (657, "1955-08-25")


def test_clocks_and_refusals_are_read_right(marts):
    contacts = {
        row[0]: row[1:]
        for row in marts.sql(
            "select source_contact_ids, cast(contacted_at as varchar), "
            "cast(contacted_on as varchar), is_contact_made "
            "from intermediate.int_contacts where source_system = 'epcr'"
        ).fetchall()
    }
    assert contacts == {
        "epcr:2025-EMS-1-Overdose_v351@351-C034P2": (
            "2024-10-08 00:26:07",
            "2024-10-07",
            True,
        ),
        "epcr:t2z@N": ("2015-03-03 06:10:35", "2015-03-02", True),
        "epcr:OpP@A": ("2015-03-03 06:10:37", "2015-03-02", False),
    }
    offers = marts.sql(
        "select service_type, offer_status, decline_reason, is_linked "
        "from marts.offers where department = 'fire' order by all"
    ).fetchall()
    assert offers == [
        ("medical_care", "fulfilled", None, True),
        ("transport", "declined", "ama", False),
        ("transport", "fulfilled", None, True),
    ]
    assert marts.sql(
        "select cast(received_at as varchar) from staging.stg_dem__cad_calls "
        "where cad_number = '262730209'"
    ).fetchall() == [("2026-09-30 11:00:11",)]


def test_one_woman_of_two_departments_is_one_person(marts):
    people = marts.sql(
        "select departments, n_client_records from marts.people where n_departments > 1"
    ).fetchall()
    assert people == [("dem;fire", 2)]


def test_every_encounter_is_a_contact(marts):
    kinds = marts.sql(
        "select contact_kind, count(*) from marts.contacts "
        "where department = 'dph' and is_linked group by all order by all"
    ).fetchall()
    assert kinds == [("clinic", 241), ("emergency_department", 2), ("inpatient", 7)]
