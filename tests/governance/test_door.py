"""What the agreement does not land is nowhere after a run: not in one byte."""

import json
import re
import zipfile
from datetime import datetime
from pathlib import Path

import duckdb
import pytest

from dagster_project.departments import ledger, profiles, quarantine
from dagster_project.departments.feeds import FEEDS
from dagster_project.encryption import KEY_FILE, is_encrypted
from dagster_project.governance.approve import approve
from dagster_project.governance.in_force import checked, in_force
from dagster_project.governance.read import AgreementRefused
from dagster_project.warehouse import SETTINGS, open_warehouse
from tests.commands import Call
from tests.departments.made_up_deliveries import csv_bytes, epcr
from tests.finished_runs import environment
from tests.governance.conftest import DAY, OURS

NOW = datetime(2026, 11, 27, 12)
CANARY = "zqcanary"
"""In every field that does not land, with the field's name after it."""
BAD = "n/a"


def _value(fields, column, usual):
    field = fields.get(column)
    if field is None or not field.lands:
        return f"{CANARY} {column}"
    if field.matching:
        return f"{CANARY} {column}; Not eligible: shelter"
    if field.without:
        return f"T40.2X1A;{field.without[0]}{CANARY}"
    return usual


def _row(table, columns, fields, number, *, is_bad=False):
    row = {c: _value(fields, c, f"v{number}") for c in columns}
    row |= {c: "2025-07-06T10:00:00" for c in table.times if c in row}
    row |= {c: min(codes) for c, codes in table.codes.items()}
    row |= {c: "false" for c in ("IsDeleted",) if c in row}
    if is_bad:  # its key is blank, so that its text waits in quarantine
        row[table.key[0]] = ""
    return row


def _hmis(agreed, unknown):
    feed = next(f for f in FEEDS if f.name == "hsh_hmis")
    files = {}
    for table in feed.tables:
        columns = list(table.versions["FY2026"])
        rows = [_row(table, columns, agreed[table.name], n) for n in range(5)]
        rows.append(_row(table, columns, agreed[table.name], 9, is_bad=True))
        if table.source == "Export":
            head = {"CSVVersion": "2026 v1.0", "HashStatus": "1"}
            head |= {"ExportDirective": "2", "ExportDate": "2026-10-05 10:00:00"}
            head |= {"ExportStartDate": "2025-01-01", "ExportEndDate": "2026-10-04"}
            rows = [rows[0] | head]
        if table.source == unknown:
            columns.append("CitizenshipStatus")
            rows = [row | {"CitizenshipStatus": CANARY} for row in rows]
        files[f"{table.source}.csv"] = csv_bytes(columns, rows)
    return files


def _patient(number, **more):
    told = {
        "resourceType": "Patient",
        "id": f"p{number}",
        "meta": {"lastUpdated": "2026-10-05T10:00:00Z", "source": CANARY},
        "name": [{"family": "Nguyễn", "given": ["An"], "text": CANARY}],
        "identifier": [
            {"system": "http://hl7.org/fhir/sid/us-ssn", "value": "000-00-0000"},
            {"system": "https://example.org/mrn", "value": CANARY},
            {"value": CANARY},
        ],
        "extension": [
            {
                "url": "http://hl7.org/fhir/StructureDefinition/patient-citizenship",
                "valueString": CANARY,
            },
            {"url": "https://example.org/hiv-status", "valueCode": CANARY},
        ],
        "contact": [{"name": {"family": CANARY}}],
        "note": [{"text": CANARY}],
        "text": {"div": f"<div>{CANARY}</div>"},
        CANARY[:2] + "Element": CANARY,
    }
    return json.dumps(told | more, ensure_ascii=False)


def _condition(number, code, **more):
    told = {
        "resourceType": "Condition",
        "id": f"c{number}",
        "meta": {"lastUpdated": "2026-10-05T10:00:00Z"},
        "code": {"coding": [{"code": code, "display": more.pop("display", "x")}]},
        "subject": {"reference": "Patient/p1"},
        "note": [{"text": CANARY}],
    }
    return json.dumps(told | more)


def _fhir():
    patients = [_patient(n) for n in range(3)]
    patients.append(_patient(7, id=None))
    patients.append('{"resourceType":"Patient","id":"p8","note":"' + CANARY)
    patients.append(f'{{"resourceType":"Basic","id":"b1","note":"{CANARY}"}}')
    patients.append(f'{{"resourceType":"{CANARY} 1","id":"b2"}}')
    conditions = [_condition(1, "F11.20"), _condition(2, "B20", display=CANARY)]
    conditions.append(_condition(3, "Z21", display=CANARY))
    files = {"Patient": patients, "Condition": conditions}
    files["Observation"] = [json.dumps({"resourceType": "Observation", "x": CANARY})]
    manifest = {
        "transactionTime": "2026-10-05T12:00:00Z",
        "request": "https://example.org/$export",
        "output": [
            {"type": k, "url": f"https://example.org/{k}.ndjson"} for k in files
        ],
    }
    texts = {f"{k}.ndjson": "\n".join(lines) + "\n" for k, lines in files.items()}
    return {"manifest.json": json.dumps(manifest), **texts}


def _epcr(agreed):
    from dagster_project.departments.nemsis_columns import ELEMENTS

    def report(number, keyless=False):
        parts = {}
        for element, column in ELEMENTS.items():
            value = _value(agreed["fire_epcr"], column, f"v{number}")
            if keyless and column == "erecord_01":
                continue
            if column.startswith("etimes"):
                value = "2026-10-05T10:00:00-07:00"
            section = element.partition(".")[0]
            parts.setdefault(section, []).append(f"<{element}>{value}</{element}>")
        parts["eVitals"] = [f"<eVitals.01>{CANARY}</eVitals.01>"]
        parts["eOther"] = [f"<eOther.zz>{CANARY}</eOther.zz>"]
        inner = "".join(f"<{s}>{''.join(e)}</{s}>" for s, e in parts.items())
        return f'<PatientCareReport UUID="{CANARY}">{inner}</PatientCareReport>'

    return epcr(report(1), report(2), report(3, keyless=True))


def _soda(table, fields, unknown):
    columns = [*table.columns, *(["stranger"] if unknown else [])]
    rows = [_row(table, columns, fields, n) for n in range(4)]
    rows.append(_row(table, columns, fields, 9, is_bad=True))
    return columns, rows


def _landing(folder, agreement, *, failing=False):
    """Write a delivery of every feed, and broken ones that must be refused."""
    agreed = {t: c for f in agreement.feeds.values() for t, c in f.tables.items()}
    by_name = {t.name: t for f in FEEDS for t in f.tables}

    def put(department, name, data):
        path = folder / department / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else data.encode())

    def put_zip(name, files):
        path = folder / ("hsh" if name.startswith("hmis") else "dph") / name
        path.parent.mkdir(parents=True, exist_ok=True)
        with zipfile.ZipFile(path, "w") as archive:
            for inner, data in files.items():
                archive.writestr(inner, data)

    put_zip("hmis_20261005T100000.zip", _hmis(agreed, ""))
    put_zip("hmis_20261006T100000.zip", _hmis(agreed, "Client"))
    put_zip("fhir_20261005T120000Z.zip", _fhir())
    report = _epcr(agreed)
    put("fire", "epcr_20261005T100000Z.xml", report)
    for department, name, table in (
        ("fire", "calls", "fire_calls"),
        ("dem", "cad", "dem_cad_calls"),
        ("datasf", "cases", "datasf_311_cases"),
    ):
        columns, rows = _soda(by_name[table], agreed[table], True)
        put(department, f"{name}_20261005T100000Z.csv", csv_bytes(columns, rows))
        data = json.dumps([{**row, "more": CANARY} for row in rows])
        put(department, f"{name}_20261012T100000Z.json", data)
    table = by_name["dem_team_log"]
    columns = list(table.versions["v2"])
    columns, rows = (
        columns,
        [_row(table, columns, agreed[table.name], n, is_bad=n == 4) for n in range(5)],
    )
    put("dem", "team_log_20261005T100000Z.csv", csv_bytes(columns, rows))
    if failing:
        stranger = [row | {"Stranger": CANARY} for row in rows]
        data = csv_bytes([*columns, "Stranger"], stranger)
        put("dem", "team_log_20261006T100000Z.csv", data)
        headless = data.split(b"\n", 1)[1]
        put("dem", "team_log_20261007T100000Z.csv", headless)
        put("dem", "cad_20261007T100000Z.json", f'{{"error": "{CANARY}"}}')
        put("dem", "cad_20261008T100000Z.json", f'[{{"cad_number": "{CANARY}')
        put(
            "fire",
            "epcr_20261006T100000Z.xml",
            report.replace(b"</EMSDataSet>", f"&{CANARY};</{CANARY}>".encode()),
        )
        put("fire", "epcr_20261007T100000Z.xml", f"<{CANARY}/>")


def _opened(path: Path):
    """Open a database to read; the published marts have no key."""
    if is_encrypted(path):
        return open_warehouse(path, read_only=True)
    return duckdb.connect(str(path), read_only=True, config=SETTINGS)


def _found(folder: Path) -> list[str]:
    """Return what stands around the canary in any byte or table below a folder.

    A warehouse packs its texts, so its tables are read too.
    """
    found = [
        f"{path.relative_to(folder)}: {match[0][:80]!r}"
        for path in sorted(folder.rglob("*"))
        if path.is_file()
        for match in re.finditer(rb".{0,30}zqcanary.{0,30}", path.read_bytes(), re.S)
    ]
    for path in sorted(folder.rglob("*.duckdb")):
        with _opened(path) as connection:
            asked = "select schema_name, table_name from duckdb_tables()"
            for schema, table in connection.execute(asked).fetchall():
                rows = connection.execute(
                    f'select 1 from {schema}."{table}" as held '
                    f"where cast(held as varchar) like '%{CANARY}%'"
                ).fetchall()
                found += [f"{path.name}: {schema}.{table}"] * len(rows)
    return found


def _taken(landing, data, agreement, caplog):
    data.mkdir(exist_ok=True)
    with open_warehouse(data / "warehouse.duckdb") as connection:
        outcomes = ledger.take_all(
            connection, landing, clock=lambda: NOW, agreement=agreement
        )
        profiles.profile(connection)
        quarantine.write_files(connection, data / "quarantine")
    told = "\n".join([*(str(o) for o in outcomes), caplog.text])
    (data / "told").write_text(told)
    return outcomes


def test_a_field_that_does_not_land_is_in_no_byte(tmp_path, caplog):
    agreement = in_force(OURS, DAY)
    _landing(tmp_path / "landing", agreement)
    outcomes = _taken(tmp_path / "landing", tmp_path / "data", agreement, caplog)
    assert {o.status for o in outcomes} == {"taken"}, [o.reason for o in outcomes]
    assert {o.feed for o in outcomes} == {feed.name for feed in FEEDS}
    assert _found(tmp_path / "data") == []
    assert len(_found(tmp_path / "landing")) > 100, "the search finds what is there"


def test_nor_after_a_run_that_refuses_deliveries(tmp_path, caplog):
    agreement = in_force(OURS, DAY)
    _landing(tmp_path / "landing", agreement, failing=True)
    outcomes = _taken(tmp_path / "landing", tmp_path / "data", agreement, caplog)
    assert sum(o.status == "quarantined" for o in outcomes) == 6
    assert _found(tmp_path / "data") == []


def test_what_lands_is_there_and_what_nobody_agreed_on_is_counted(tmp_path, caplog):
    agreement = in_force(OURS, DAY)
    _landing(tmp_path / "landing", agreement)
    _taken(tmp_path / "landing", tmp_path / "data", agreement, caplog)
    path = str(tmp_path / "data/warehouse.duckdb")
    with duckdb.connect(path, read_only=True) as connection:
        ask = connection.execute
        assert ask("select distinct notes from raw.dem_team_log").fetchall() == [
            ("Not eligible: shelter",)
        ]
        impressions = "select distinct esituation_11 from raw.fire_epcr"
        assert ask(impressions).fetchall() == [("T40.2X1A",)]
        assert ask("select id from raw.dph_condition").fetchall() == [("c1",)]
        (patient,) = ask("select any_value(resource) from raw.dph_patient").fetchone()
        assert json.loads(patient)["identifier"] == [
            {"system": "http://hl7.org/fhir/sid/us-ssn", "value": "000-00-0000"}
        ]
        counted = dict(
            ask("select rule, sum(rows) from raw.left_out_rows group by all").fetchall()
        )
        assert counted["column_not_agreed: stranger"] == 30
        assert counted["column_not_agreed: CitizenshipStatus"] == 6
        assert counted["column_not_agreed: resource.note"] == 4
        assert counted["column_not_agreed: resource.zqElement"] == 4
        assert counted["elements_not_agreed: eVitals"] == 3
        assert counted["code_not_agreed"] == 2
        hashes = ask("select distinct agreement_sha256 from raw.deliveries").fetchall()
        assert hashes == [(agreement.sha256,)]
        originals = ask("select count(*) from raw.quarantined_rows").fetchone()
        assert originals[0] >= 14


@pytest.mark.parametrize(
    ("feed", "department", "refused"), [("dem_cad", "dem", 2), ("hsh_hmis", "hsh", 1)]
)
def test_unknown_columns_stop_a_delivery_where_the_agreement_says_so(
    tmp_path, changed, caplog, feed, department, refused
):
    told = f"  {feed}:\n    department: {department}\n    unknown_columns: "
    path = changed((f"{told}drop", f"{told}refuse"), approved=True)
    agreement = in_force(path, DAY)
    _landing(tmp_path / "landing", agreement)
    outcomes = _taken(tmp_path / "landing", tmp_path / "data", agreement, caplog)
    stopped = [o for o in outcomes if o.status == "quarantined"]
    assert [o.feed for o in stopped] == [feed] * refused
    assert all("[header_unknown]" in o.reason for o in stopped)
    assert _found(tmp_path / "data") == []


def test_a_stricter_agreement_reaches_what_entered_before(tmp_path, changed, caplog):
    data, landing = tmp_path / "data", tmp_path / "landing"
    first = in_force(OURS, DAY)
    _landing(landing, first)
    _taken(landing, data, first, caplog)
    alias = "Alias: {class: direct, land: keep, purposes: [linkage, case_conference]}"
    path = changed(
        (alias, "Alias: {class: direct, land: drop}"),
        ('"resource.extension[us-core-race]":', "resource.gone:"),
        ("resource.name.family:\n", "resource.name.family_not:\n"),
        (", without: [B20,", ", without: [T40, B20,"),
        approved=True,
    )
    second = in_force(path, DAY)
    _taken(landing, data, second, caplog)
    with duckdb.connect(str(data / "warehouse.duckdb"), read_only=True) as connection:
        ask = connection.execute
        assert ask("select count(alias) from raw.dem_team_log").fetchone() == (0,)
        assert ask("select count(esituation_11) from raw.fire_epcr").fetchone() == (0,)
        texts = ask("select resource from raw.dph_patient").fetchall()
        assert not any("Nguyễn" in text for (text,) in texts)
        waiting = ask("select original from raw.quarantined_rows").fetchall()
        assert not any("Alias" in text or "Nguyễn" in text for (text,) in waiting)
        used = ask("select sha256 from raw.agreements order by used_from").fetchall()
    assert {row[0] for row in used} == {first.sha256, second.sha256}


def test_nothing_is_taken_under_a_changed_agreement(tmp_path, changed, monkeypatch):
    path = changed(("small_cell_minimum: 11", "small_cell_minimum: 12"))
    monkeypatch.setenv("AGREEMENT_PATH", str(path))
    _landing(tmp_path / "landing", checked(OURS))
    with (
        open_warehouse(tmp_path / "warehouse.duckdb") as connection,
        pytest.raises(AgreementRefused, match="two people of two parties"),
    ):
        ledger.take_all(connection, tmp_path / "landing", clock=lambda: NOW)


def test_who_is_no_party_delivers_nothing(tmp_path, changed, caplog):
    joined = "name: Department of Public Health, joined: 2024-01-01"
    path = changed((joined, joined.replace("2024", "2027")))
    for by, party in (("Zoë Ó Briain", "hsh"), ("김 하늘", "fire")):
        approve(path, by=by, role="Director", party=party, on=DAY)
    agreement = in_force(path, DAY)
    _landing(tmp_path / "landing", agreement)
    outcomes = _taken(tmp_path / "landing", tmp_path / "data", agreement, caplog)
    (dph,) = [o for o in outcomes if o.feed == "dph_fhir"]
    assert "DPH is no party of the sharing agreement on 2026-11-27" in dph.reason


@pytest.mark.city
def test_nor_in_the_logs_of_a_whole_run(tmp_path, monkeypatch):
    # With a key from the first: nothing else begins an encrypted warehouse by a run.
    (tmp_path / "key").write_text("c0ffee" * 10 + "feed")
    (tmp_path / "key").chmod(0o600)
    monkeypatch.setenv(KEY_FILE, str(tmp_path / "key"))
    _landing(tmp_path / "landing", in_force(OURS, DAY), failing=True)
    data = tmp_path / "data"
    run = Call(
        *("run", "--as-of", NOW.isoformat()),
        environment=environment(tmp_path / "landing", data),
    )
    told = run.communicate()
    assert run.returncode == 0, told
    assert is_encrypted(data / "warehouse.duckdb")
    (data / "told").write_text("".join(told))
    assert list((data / "dagster").rglob("*.db")), told
    assert _found(data) == []
