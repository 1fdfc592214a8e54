"""A clock that runs ahead at the sender wins over nothing that comes later."""

import json
from datetime import datetime

import duckdb
import pyarrow as pa
import pytest

from dagster_project.departments import ledger, row_rules
from dagster_project.departments.feeds import FEEDS
from dagster_project.departments.rows import Chunk

from .made_up_deliveries import call, epcr, fhir_files, hmis_files, put, report

TABLES = {table.name: table for feed in FEEDS for table in feed.tables}
ORDERED_BY = {
    "fire_calls": ("data_loaded_at", "data_as_of"),
    "dem_cad_calls": ("call_last_updated_at", "data_updated_at"),
    "dem_team_log": ("SystemModstamp",),
    "datasf_311_cases": ("updated_datetime",),
    "dph_deleted": ("deleted_at",),
    "dph_patient": ("last_updated",),
    "dph_encounter": ("last_updated",),
    "dph_procedure": ("last_updated",),
    "dph_condition": ("last_updated",),
    "dph_service_request": ("last_updated",),
    "dph_consent": ("last_updated",),
}
"""Columns by which staging orders the versions of a record, those of HMIS aside."""
NOW = datetime(2026, 3, 1, 12)
AT = (
    "2999-01-01T00:00:00Z",
    "2026-03-03",
    " 2999-01-01 00:00:00",
    "2999-1-1",
)


def version_columns() -> list[tuple[str, str]]:
    found = [(name, column) for name in ORDERED_BY for column in ORDERED_BY[name]]
    found += [
        (name, "DateUpdated")
        for name, table in TABLES.items()
        if name.startswith("hsh_") and "DateUpdated" in table.columns
    ]
    return found


def judged(name: str, column: str, texts: list[str | None]) -> set[int]:
    """Return which rows wait, each being whole but for one column."""
    table = TABLES[name]
    whole = dict.fromkeys((*table.key, *table.required, *table.times), "2026-02-02")
    whole |= {code: min(allowed) for code, allowed in table.codes.items()}
    whole |= {table.document: "{}"} if table.document else {}
    columns = {c: pa.array([text] * len(texts)) for c, text in whole.items()}
    columns[column] = pa.array(texts, pa.string())
    token = row_rules.LAST_DAY.set("2026-03-02")
    try:
        batch = row_rules.judge(Chunk(table, columns, 1, lambda at: at))
    finally:
        row_rules.LAST_DAY.reset(token)
    assert {held.rule for held in batch.quarantined} <= {"future_time", "bad_time"}
    return {held.line for held in batch.quarantined}


@pytest.mark.parametrize(("name", "column"), version_columns())
def test_no_version_of_a_record_is_dated_in_the_future(name, column):
    honest = ["2026-03-02T23:59:59Z", "2026-03-01 10:00:00", None]
    waits = judged(name, column, [*honest, *AT])
    assert waits == set(range(len(honest), len(honest) + len(AT)))


@pytest.mark.parametrize("number", ["01", "03", "06", "07", "13"])
def test_a_care_report_of_the_future_waits(number):
    texts = [*AT, "NV:7701001", "2025-07-03T10:00:00-07:00", "yesterday", None]
    assert judged("fire_epcr", f"etimes_{number}", texts) == set(range(len(AT)))


def taken(landing_dir, connection) -> list[ledger.DeliveryOutcome]:
    return ledger.take_all(connection, landing_dir, clock=lambda: NOW)


def test_an_export_of_the_future_is_refused_and_later_ones_stay_the_newer(landing_dir):
    an = {"resourceType": "Patient", "id": "p1", "name": [{"family": "Trần"}]}
    ahead = fhir_files("2999-01-01T00:00:00Z", Patient=[an])
    put(landing_dir, "dph", "fhir_20260201T000000", ahead)
    married = an | {"name": [{"family": "Ólafsdóttir"}]}
    put(
        landing_dir,
        "dph",
        "later",
        fhir_files("2026-02-08T00:00:00Z", Patient=[married]),
    )
    files = hmis_files()
    files["Export.csv"] = files["Export.csv"].replace(
        b"2025-06-30 21", b"2999-06-30 21"
    )
    put(landing_dir, "hsh", "hmis_20260201", files)
    with duckdb.connect() as connection:
        outcomes = {o.name: o for o in taken(landing_dir, connection)}
    assert outcomes["later"].status == "taken"
    for name, moment in [
        ("fhir_20260201T000000", "2999-01-01 00:00"),
        ("hmis_20260201", "2999-07-01 04:00"),
    ]:
        assert outcomes[name].status == "quarantined"
        assert f"made at {moment} UTC" in outcomes[name].reason
        assert "[future_time]" in outcomes[name].reason


def test_a_name_of_the_future_does_not_date_what_it_names(landing_dir):
    rows = [call(1, call_last_updated_at="2025-07-07T08:00:00")]
    put(landing_dir, "dem", "cad_29990101.json", json.dumps(rows).encode())
    late = json.dumps(
        [*rows, call(2, received_datetime="2026-03-09T00:00:00")]
    ).encode()
    put(landing_dir, "dem", "cad_20991231T000000.json", late)
    with duckdb.connect() as connection:
        outcomes = taken(landing_dir, connection)
        held = connection.sql("select rule from raw.quarantined_rows").fetchall()
    assert [o.delivery_id[:16] for o in outcomes] == ["dem_cad_20250707"] * 2
    assert held == [("future_time",)], "nor does it let rows of the future in"


def test_one_record_of_the_future_does_not_date_an_export_without_manifest(landing_dir):
    an = {"resourceType": "Patient", "id": "p1"}
    times = "2026-01-05T00:00:00Z", "2999-01-01T00:00:00Z"
    lines = [an | {"id": at, "meta": {"lastUpdated": at}} for at in times]
    files = fhir_files(Patient=lines)
    del files["manifest.json"]
    put(landing_dir, "dph", "bulk", files)
    with duckdb.connect() as connection:
        (outcome,) = taken(landing_dir, connection)
    assert outcome.delivery_id.startswith("dph_fhir_20260105T000000_")
    assert (outcome.rows_loaded, outcome.rows_quarantined) == (1, 1)


def test_a_care_report_of_the_future_waits_alone(landing_dir):
    times = "<eTimes><eTimes.03>{}-07-03T10:00:00-07:00</eTimes.03></eTimes>"
    reports = [report(n, times.format(year)) for n, year in enumerate((2025, 2999))]
    put(landing_dir, "fire", "epcr_20250707.xml", epcr(*reports))
    with duckdb.connect() as connection:
        (outcome,) = taken(landing_dir, connection)
        held = connection.sql(
            "select column_name, rule from raw.quarantined_rows"
        ).fetchall()
    assert outcome.rows_loaded == 1
    assert held == [("etimes_03", "future_time")]
