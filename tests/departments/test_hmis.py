import csv
import json
import re

import pytest

from dagster_project.departments import hmis, hmis_columns
from dagster_project.departments.errors import Refused
from dagster_project.places import REPOSITORY

from .made_up_deliveries import PEOPLE, hmis_files, read, source

SUITE = REPOSITORY / "expectations" / "raw" / "hsh_organization.json"


def of(folder) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("*.csv")}


def test_reads_names_in_any_script():
    _, rows, _, _, _ = read("hsh_hmis", hmis_files())
    asked = ("PersonalID", "FirstName", "LastName")
    found = [tuple(row[name] for name in asked) for row in rows["hsh_client"]]
    assert found == [person for person in PEOPLE if person[0] != "C2"]


def test_says_when_how_and_which_year():
    facts, *_ = read("hsh_hmis", hmis_files("FY2026"))
    assert facts.mode == "full"
    assert facts.schema_version == "FY2026 (2026 v1.0)"
    assert facts.extracted_at.isoformat() == "2025-07-01T04:00:00"
    assert facts.period_end.isoformat() == "2025-06-30"


def test_victim_services_stay_outside_and_are_counted():
    _, rows, held, left_out, withheld = read("hsh_hmis", hmis_files())
    assert {r["ProjectID"] for r in rows["hsh_project"]} == {"P1"}
    assert [r["EnrollmentID"] for r in rows["hsh_services"]] == ["NC1", "NC3b"]
    people = {r["PersonalID"] for r in rows["hsh_client"]}
    assert "C2" not in people
    assert "C3" in people, "one ordinary enrolment is enough"
    assert not held
    assert left_out == {"victim_service_provider": 1 + 1 + 2 + 1 + 2}
    assert all("N" not in key and len(key) == 32 for key in withheld)


def test_a_later_delta_remembers_what_was_left_out():
    *_, withheld = read("hsh_hmis", hmis_files())
    service = {"EnrollmentID": "NC2", "PersonalID": "C2", "DateProvided": "2025-07-01"}
    delta = hmis_files(
        Organization=[],
        Project=[],
        Enrollment=[],
        Client=[{"PersonalID": "C2"}, {"PersonalID": "C9"}],
        Services=[{**service, "ServicesID": "S9", "RecordType": "200"}],
    )
    _, rows, _, left_out, _ = read("hsh_hmis", delta, withheld=withheld)
    assert [r["PersonalID"] for r in rows["hsh_client"]] == ["C9"]
    assert not rows["hsh_services"]
    assert left_out == {"victim_service_provider": 2}


@pytest.mark.parametrize(
    ("changed", "column", "rule"),
    [
        ({"EntryDate": "02/03/2025"}, "EntryDate", "bad_time"),
        ({"EntryDate": "2025-02-30"}, "EntryDate", "bad_time"),
        ({"EntryDate": ""}, "EntryDate", "missing_required"),
        ({"EnrollmentID": " "}, "EnrollmentID", "missing_key"),
    ],
)
def test_a_row_without_key_or_moment_waits(changed, column, rule):
    row = {
        "EnrollmentID": "N1",
        "PersonalID": "C1",
        "ProjectID": "P1",
        "EntryDate": "2025-02-03",
    }
    _, rows, held, _, _ = read("hsh_hmis", hmis_files(Enrollment=[row, row | changed]))
    assert len(rows["hsh_enrollment"]) == 1
    assert [(q.line, q.column, q.rule) for q in held] == [(3, column, rule)]
    assert '"PersonalID": "C1"' in held[0].original


def test_an_unknown_record_type_waits():
    row = {"ServicesID": "S1", "EnrollmentID": "N1", "PersonalID": "C1"}
    row |= {"DateProvided": "2025-02-03", "RecordType": "999"}
    _, _, held, _, _ = read("hsh_hmis", hmis_files(Services=[row]))
    assert [(q.column, q.rule) for q in held] == [("RecordType", "unknown_code")]


def export(**changes) -> dict[str, bytes]:
    row = {"ExportID": "E", "ExportDate": "2025-07-01 01:00:00", "HashStatus": "1"}
    row |= {"CSVVersion": "2024 v1.4", "ExportDirective": "1"}
    return hmis_files(Export=[row | changes])


@pytest.mark.parametrize(
    ("files", "rule"),
    [
        (export(HashStatus="2"), "hashed"),
        (export(HashStatus="4"), "hashed"),
        (export(HashStatus=""), "hashed"),
        (export(HashStatus="2.0"), "hashed"),
        (hmis_files(Export=[]), "empty"),
        ({"Client.csv": b""}, "file_missing"),
        (
            {k: v for k, v in hmis_files().items() if k != "Organization.csv"},
            "file_missing",
        ),
        (hmis_files() | {"Client.csv": hmis_files("FY2026")["Client.csv"]}, None),
        (hmis_files() | {"Sub/client.csv": b""}, "file_twice"),
        (hmis_files() | {"Client (1).csv": b""}, "file_twice"),
        (hmis_files() | {"Exit - Copy.csv": b""}, "file_twice"),
        (hmis_files() | {"Exit.csv": b""}, "empty"),
        (hmis_files() | {"Enrollment.csv": b"\r\n"}, "empty"),
        (export(ExportStartDate="10/01/2024"), "export_period"),
        (
            export(ExportStartDate="2025-06-30", ExportEndDate="2025-06-01"),
            "export_period",
        ),
        (export(CSVVersion="FY2022"), "old_format"),
        (export(CSVVersion="2022v1.3"), "old_format"),
    ],
)
def test_refuses(files, rule):
    with pytest.raises(Refused) as refused:
        read("hsh_hmis", files)
    assert refused.value.rule == (rule or "header_version")


@pytest.mark.parametrize(
    ("told", "year"),
    [
        ("2024 v1.4", "FY2024"),
        ("FY2024", "FY2024"),
        ("FY2025 v1.0", "FY2024"),
        (" 2024 ", "FY2024"),
    ],
)
def test_the_format_stays_in_force_for_two_years(told, year):
    facts, *_ = read("hsh_hmis", export(CSVVersion=told))
    assert facts.schema_version.startswith(f"{year} (")


@pytest.mark.parametrize(
    ("changes", "mode"),
    [
        ({"ExportDirective": "1"}, "delta"),
        ({"ExportDirective": "2"}, "full"),
        ({"ExportDirective": "2.0", "ExportPeriodType": "3"}, "full"),
        ({"ExportDirective": "2", "ExportPeriodType": "1"}, "delta"),
        ({"ExportDirective": "3"}, "period"),
        ({"ExportDirective": ""}, "period"),
    ],
)
def test_the_directive_says_what_absence_means(changes, mode):
    assert read("hsh_hmis", export(**changes))[0].mode == mode


@pytest.mark.parametrize("told", ["2022 v1.2", "2020", "6.12"])
def test_an_older_format_is_named(told):
    with pytest.raises(Refused, match=re.escape(told)) as refused:
        read("hsh_hmis", export(CSVVersion=told))
    assert refused.value.rule == "old_format"


def test_the_columns_tell_the_format_where_the_version_does_not():
    for told in ("", "2026 v1.0", "v1", "HMIS CSV"):
        facts, *_ = read("hsh_hmis", export(CSVVersion=told))
        assert facts.schema_version == "FY2024 (by its columns)"
    wrong = hmis_files("FY2026") | {"Export.csv": export()["Export.csv"]}
    facts, rows, *_ = read("hsh_hmis", wrong)
    assert facts.schema_version == "FY2026 (by its columns)"
    assert len(rows["hsh_client"]) == len(PEOPLE) - 1


def test_the_columns_tell_the_format_where_there_is_no_version():
    files = hmis_files("FY2026")
    cells = list(csv.reader(files["Export.csv"].decode().splitlines()))
    at = cells[0].index("CSVVersion")
    text = "".join(",".join(row[:at] + row[at + 1 :]) + "\n" for row in cells)
    facts, *_ = read("hsh_hmis", files | {"Export.csv": text.encode()})
    assert facts.schema_version == "FY2026 (by its columns)"
    dropped = hmis_columns.ONLY_FY2024["Client"]
    with pytest.raises(Refused, match="older than FY2024") as refused:
        read("hsh_hmis", without(dropped) | {"Export.csv": text.encode()})
    assert refused.value.rule == "old_format"


def without(columns: str, year: str = "FY2024", **rows) -> dict[str, bytes]:
    """Return an export whose Client.csv lacks some columns."""
    files = hmis_files(year, **rows)
    lines = list(csv.reader(files["Client.csv"].decode().splitlines()))
    keep = [at for at, name in enumerate(lines[0]) if name not in columns.split()]
    text = "".join(",".join(line[at] for at in keep) + "\n" for line in lines)
    return files | {"Client.csv": text.encode()}


FEW = {"Client": [{"PersonalID": "C1", "FirstName": "Ixchel", "LastName": "Tzul"}]}


def test_columns_a_system_leaves_out_are_counted():
    given = source("hsh_hmis", without("SSN SSNDataQuality DateDeleted", **FEW))
    facts = hmis.facts(given)
    batches = [b for b in hmis.batches(given, facts) if b.table == "hsh_client"]
    assert [batch.rows.num_rows for batch in batches] == [1]
    assert batches[0].columns_missing == dict.fromkeys(
        ("SSN", "SSNDataQuality", "DateDeleted"), 1
    )


def with_columns(year: str, names: str, value: str) -> dict[str, bytes]:
    """Return an export whose Client.csv has more columns than its year knows."""
    files = hmis_files(year, **FEW)
    head, *rows = list(csv.reader(files["Client.csv"].decode().splitlines()))
    more = names.split()
    lines = [head + more, *(row + [value] * len(more) for row in rows)]
    text = "".join(",".join(line) + "\n" for line in lines)
    return files | {"Client.csv": text.encode()}


@pytest.mark.parametrize(
    ("year", "names"),
    [
        ("FY2024", "VendorScore x_case_note"),
        ("FY2026", "VendorScore"),
        ("FY2026", "Woman HispanicLatinaeo"),
        ("FY2026", " ".join(hmis_columns.ONLY_FY2024["Client"].split())),
        ("FY2024", "Sex"),
    ],
)
def test_columns_of_a_vendor_or_another_year_are_left_out_and_counted(year, names):
    given = source("hsh_hmis", with_columns(year, names, "7"))
    facts = hmis.facts(given)
    assert facts.schema_version.startswith(year)
    (batch,) = [b for b in hmis.batches(given, facts) if b.table == "hsh_client"]
    (row,) = batch.rows.to_pylist()
    assert row["FirstName"] == "Ixchel"
    assert "7" not in row.values()
    assert batch.columns_left_out == dict.fromkeys(names.split(), 1)


def test_without_gender_columns_the_version_says_the_year():
    dropped = " ".join(hmis_columns.ONLY_FY2024["Client"].split())
    facts, *_ = read("hsh_hmis", without(dropped, **FEW))
    assert facts.schema_version == "FY2024 (2024 v1.0)"


@pytest.mark.parametrize("column", ["PersonalID", "DOBDataQuality", "DateUpdated"])
def test_a_column_that_gives_the_others_their_meaning_is_needed(column):
    with pytest.raises(Refused, match=column):
        read("hsh_hmis", without(column, **FEW))


def test_a_file_that_is_not_there_is_counted():
    files = {k: v for k, v in hmis_files().items() if k != "Event.csv"}
    _, rows, _, left_out, _ = read("hsh_hmis", files)
    assert left_out["file_not_delivered"] == 0
    assert len(rows["hsh_enrollment"]) == 4


@pytest.mark.parametrize("nothing", [b"", b"\r\n", b"\xef\xbb\xbf\r\n"])
def test_an_optional_file_that_holds_nothing_says_nothing(nothing):
    _, rows, _, left_out, _ = read("hsh_hmis", hmis_files() | {"Event.csv": nothing})
    assert left_out["file_not_delivered"] == 0
    assert len(rows["hsh_enrollment"]) == 4


def unended(export_id: str = "E1") -> dict[str, bytes]:
    """Return an export whose system writes no end after the last line of a file."""
    return {
        name: (
            header + b"\r\n" + rest.replace(b",\r\n", b",%s\r\n" % export_id.encode())
        ).removesuffix(b"\r\n")
        for name, data in hmis_files("FY2026").items()
        for header, _, rest in [data.partition(b"\r\n")]
    }


def test_a_last_line_that_closes_with_the_export_id_needs_no_end():
    _, rows, held, _, _ = read("hsh_hmis", unended())
    assert (len(rows["hsh_enrollment"]), held) == (4, [])


@pytest.mark.parametrize("lost", [1, 2, 5, 40])
def test_a_last_line_that_lost_a_part_is_refused(lost):
    files = unended("a1b2c3")
    files["Export.csv"] = files["Export.csv"].replace(b"E1", b"a1b2c3", 1)
    read("hsh_hmis", files)
    files["Services.csv"] = files["Services.csv"][:-lost]
    with pytest.raises(Refused) as refused:
        read("hsh_hmis", files)
    assert refused.value.rule in ("torn", "ragged")


@pytest.mark.parametrize("yes", ["1", "1.0", " 1 ", "Yes", "TRUE", "9", "99", "?"])
def test_what_does_not_say_no_keeps_victim_services_out(yes):
    organization = [{"OrganizationID": "O2", "VictimServiceProvider": yes}]
    _, rows, *_ = read("hsh_hmis", hmis_files(Organization=organization))
    assert rows["hsh_organization"] == []
    assert "C2" not in {r["PersonalID"] for r in rows["hsh_client"]}


@pytest.mark.parametrize("no", ["0", "0.0", " 0 ", "No", "FALSE", ""])
def test_what_says_no_or_nothing_lets_an_organization_in(no):
    organization = [{"OrganizationID": "O2", "VictimServiceProvider": no}]
    _, rows, *_ = read("hsh_hmis", hmis_files(Organization=organization))
    (kept,) = rows["hsh_organization"]
    (promise,) = [
        e["kwargs"]["regex"]
        for e in json.loads(SUITE.read_text())["expectations"]
        if e["kwargs"].get("column") == "VictimServiceProvider"
    ]
    told = kept["VictimServiceProvider"]
    assert told is None or re.fullmatch(promise, told), "the promise would stop the run"


def test_a_code_written_by_a_spreadsheet_is_known():
    row = {"ServicesID": "S1", "EnrollmentID": "N1", "PersonalID": "C1"}
    row |= {"DateProvided": "2025-02-03", "RecordType": "200.0"}
    _, rows, held, _, _ = read("hsh_hmis", hmis_files(Services=[row]))
    assert (len(rows["hsh_services"]), held) == (1, [])


def test_hud_sample_of_fy2024(shared_domain):
    folder = shared_domain / "federal-samples/hud-lsa-sample/fy2024_sliceA"
    facts, rows, held, left_out, _ = read("hsh_hmis", of(folder))
    assert facts.schema_version == "FY2024 (2024 v1.4)"
    assert len(rows["hsh_client"]) == 657
    assert len(rows["hsh_enrollment"]) == 925
    assert not held
    assert left_out == {"victim_service_provider": 1}


def test_hud_sample_of_fy2026(shared_domain):
    folder = shared_domain / "federal-samples/hud-lsa-sample/fy2026_sliceA"
    facts, rows, held, _, _ = read("hsh_hmis", of(folder))
    assert facts.schema_version == "FY2026 (2026 v1.0)"
    assert len(rows["hsh_export"]) == 21
    assert len(rows["hsh_services"]) == 1296
    assert not held


def test_legacy_hashed_sample_is_refused(shared_domain):
    with pytest.raises(Refused, match="older than FY2024") as refused:
        read("hsh_hmis", of(shared_domain / "hmis/mit-legacy-2017-sample"))
    assert refused.value.rule == "old_format"
