import re
import tracemalloc
from operator import attrgetter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from dagster_project.departments import ledger, nemsis, nemsis_ids, older_warehouse
from dagster_project.departments.errors import Refused

from .made_up_deliveries import epcr, put, read, report, source, zipped

NAME = "eMedications.03"
by_name = attrgetter("name")


def one(inside: str) -> dict:
    return read("fire_epcr", {"epcr.xml": epcr(report(1, inside))})[1]["fire_epcr"][0]


@pytest.mark.parametrize(
    ("inside", "text"),
    [
        (f"<{NAME}>7242</{NAME}>", "7242"),
        (f"<{NAME}>7242</{NAME}><g><{NAME}>1819</{NAME}></g>", "7242;1819"),
        (f'<{NAME} xsi:nil="true" NV="7701003"/>', "NV:7701003"),
        (f'<{NAME} xsi:nil="true" PN="8801019"></{NAME}>', "PN:8801019"),
        (f'<{NAME} PN="8801019">7242</{NAME}>', "PN:8801019:7242"),
        (f'<{NAME} xsi:nil="true"/>', None),
        (f'<{NAME} xsi:nil="true" NV="7701003" PN="8801019"/>', "PN:8801019"),
        (f'<{NAME} xsi:nil="1" NV="7701003"> </{NAME}>', "NV:7701003"),
        (f'<{NAME} CodeType="9924005">  7242 </{NAME}>', "7242"),
        (f"<{NAME}>72<!-- note -->42</{NAME}>", "7242"),
        ("", None),
    ],
)
def test_text_of_an_element(inside, text):
    assert one(inside)["emedications_03"] == text


def test_reads_many_reports_and_numbers_them():
    data = epcr(*(report(n) for n in range(4500)))
    facts, rows, held, _, _ = read("fire_epcr", {"epcr.xml": data})
    assert facts.schema_version == "3.5.1"
    assert [r["_row_number"] for r in rows["fire_epcr"]] == list(range(1, 4501))
    assert rows["fire_epcr"][4499]["erecord_01"] == "R4499"
    assert "enarrative_01" not in rows["fire_epcr"][0], "it does not land"
    assert not held


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "iso-8859-1"])
def test_a_prefix_or_another_encoding_changes_nothing(encoding):
    plain = epcr(report(1, "<ePatient.02>Muñoz</ePatient.02>"), report(2)).decode()
    tagged = re.sub(r"<(/?)([a-zA-Z])", r"<\1n:\2", plain).replace("xmlns=", "xmlns:n=")
    data = tagged.replace("UTF-8", encoding).encode(encoding)
    _, rows, held, _, _ = read("fire_epcr", {"epcr.xml": data})
    assert [r["erecord_01"] for r in rows["fire_epcr"]] == ["R1", "R2"]
    assert (rows["fire_epcr"][0]["epatient_02"], held) == ("Muñoz", [])


def test_a_report_without_number_waits():
    data = epcr(report(1), '<PatientCareReport UUID="u2"/>')
    _, rows, held, _, _ = read("fire_epcr", {"epcr.xml": data})
    assert len(rows["fire_epcr"]) == 1
    assert [(q.column, q.rule, q.line) for q in held] == [
        ("erecord_01", "missing_key", 3)
    ] or held[0].rule == "missing_key"


@pytest.mark.parametrize(
    ("times", "is_held"),
    [
        ("<eTimes.07>07/01/2025 10:00</eTimes.07>", True),
        ("<eTimes.07>2025-07-01T24:00:00-07:00</eTimes.07>", True),
        ('<eTimes.01 NV="7701003"/><eTimes.07>yesterday</eTimes.07>', True),
        (
            "<eTimes.03>2025-07-01T10:00:00-07:00</eTimes.03><eTimes.07>?</eTimes.07>",
            False,
        ),
        ("<eTimes.07>2025-07-01T10:00-07:00</eTimes.07>", False),
        ('<eTimes.07 NV="7701003"/>', False),
        ("", False),
    ],
)
def test_a_report_none_of_whose_times_can_be_read_waits(times, is_held):
    data = epcr(report(1, f"<eTimes>{times}</eTimes>"), report(2))
    _, rows, held, _, _ = read("fire_epcr", {"e.xml": data})
    assert [(q.column, q.rule) for q in held] == [("etimes_07", "bad_time")] * is_held
    assert len(rows["fire_epcr"]) == 2 - is_held


DTD = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;">]>'
XXE = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
FULL = epcr(report(1, "<ePatient.02>Đặng</ePatient.02>"), report(2))


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (FULL[:-30], "not_well_formed"),
        (FULL[: len(FULL) // 2], "not_well_formed"),
        (b"", "not_well_formed"),
        (b"id,name\n1,2\n", "not_well_formed"),
        (b"<html><body>502</body></html>", "not_nemsis"),
        (b"<EMSDataSet xmlns='x'/>", "not_nemsis"),
        (b"<EMSDataSet xmlns='http://www.nemsis.org/3.5'/>", "not_nemsis"),
        (b"<DEMDataSet xmlns='http://www.nemsis.org'/>", "not_nemsis"),
        (b"\n" + FULL, "several_documents"),
        (FULL + FULL, "several_documents"),
        (FULL.replace(b"3.5.1.250403CP1", b"3.4.0.160713CP2"), "old_format"),
        (FULL.replace(b"3.5.1.250403CP1", b"3.3.4.150123"), "old_format"),
        (FULL + FULL.partition(b"?>")[2], "several_documents"),
        (FULL.replace(b"<EMSDataSet", DTD + b"<EMSDataSet"), "dtd"),
        (FULL.replace(b"<EMSDataSet", XXE + b"<EMSDataSet"), "dtd"),
        (FULL.replace("Đặng".encode(), b"Jos\xe9"), "not_well_formed"),
        (FULL.replace("Đặng".encode(), b"<a>" * 400), "xml_limit"),
    ],
)
def test_refuses(data, rule):
    with pytest.raises(Refused) as refused:
        read("fire_epcr", {"epcr.xml": data})
    assert refused.value.rule == rule


@pytest.mark.parametrize(
    "space", ["", ' xmlns="http://www.nemsis.org/"', ' xmlns="https://www.nemsis.org"']
)
def test_a_namespace_left_out_or_misspelt_changes_nothing(space):
    data = FULL.replace(b' xmlns="http://www.nemsis.org"', space.encode())
    _, rows, held, _, _ = read("fire_epcr", {"epcr.xml": data})
    assert [r["erecord_01"] for r in rows["fire_epcr"]] == ["R1", "R2"]
    assert (rows["fire_epcr"][0]["epatient_02"], held) == ("Đặng", [])


def test_an_archive_with_a_document_for_each_report_is_one_delivery(
    warehouse, landing_dir
):
    files = {f"out/{n}.xml": epcr(report(n)) for n in range(1, 40)}
    files["out/ReadMe.pdf"] = b"%PDF-1.7"
    put(landing_dir, "fire", "July.zip", zipped(files))
    torn = files | {"out/40.xml": epcr(report(40))[:-20]}
    put(landing_dir, "fire", "June.zip", zipped(torn))
    put(
        landing_dir, "fire", "May.zip", zipped(files | {"out/41.xml": b"<DEMDataSet/>"})
    )
    july, june, may = sorted(ledger.take_all(warehouse, landing_dir), key=by_name)
    assert (july.status, july.rows_in, july.rows_loaded) == ("taken", 39, 39)
    numbers = warehouse.sql("select _row_number from raw.fire_epcr order by 1")
    assert [n for (n,) in numbers.fetchall()] == list(range(1, 40))
    assert "out/40.xml" in june.reason
    assert "[not_well_formed]" in june.reason
    assert "[unknown_name]" in may.reason


UNTOLD = re.sub(rb' xsi:schemaLocation="[^"]*"', b"", FULL)


def test_an_older_document_that_does_not_say_so_is_told_by_its_disposition():
    assert read("fire_epcr", {"e.xml": UNTOLD})[0].schema_version == "3.5, not told"
    old = "<eDisposition><eDisposition.12>4212033</eDisposition.12></eDisposition>"
    data = UNTOLD.replace(b"</Header>", report(3, old).encode() + b"</Header>")
    with pytest.raises(Refused, match=r"3\.4 or older.*NEMSIS 3\.5") as refused:
        read("fire_epcr", {"e.xml": data})
    assert refused.value.rule == "old_format"


def test_reports_of_several_agencies_are_all_read():
    agency = "<DemographicGroup><dAgency.01>%s</dAgency.01></DemographicGroup>"
    more = "".join(
        f"</Header><Header>{agency % number}{report(number)}{report(number + 1)}"
        for number in (3, 5)
    )
    data = FULL.replace(b"</Header>", more.encode() + b"</Header>")
    _, rows, held, _, _ = read("fire_epcr", {"e.xml": data})
    found = [row["erecord_01"] for row in rows["fire_epcr"]]
    assert (found, held) == (["R1", "R2", "R3", "R4", "R5", "R6"], [])


UUID = "a1500a8d-f414-4ca3-84bc-4e0a7d0ccb15"


@pytest.mark.parametrize(
    ("header", "response", "uuid", "told"),
    [
        ("S40", "S41", UUID, "R1@S41"),
        ("S40", "", UUID, "R1@S40"),
        (" s40 ", "NV", "", "R1@S40"),
        ("S38-50827", "", UUID, "R1"),
        ("S40", "S38-50901", UUID, "R1"),
        ("", "", UUID.upper(), f"R1@{UUID}"),
        ("", "", "u1", "R1"),
        ("", "", "00000000-0000-0000-0000-000000000000", "R1"),
    ],
)
def test_a_number_is_its_agencys_own(header, response, uuid, told):
    inside = f"<eResponse><eResponse.01>{response}</eResponse.01></eResponse>"
    if response == "NV":
        inside = '<eResponse><eResponse.01 NV="7701003"/></eResponse>'
    data = epcr(report(1, inside if response else "").replace('"u1"', f'"{uuid}"'))
    agency = f"<dAgency.02>{header}</dAgency.02></DemographicGroup>".encode()
    data = data.replace(b"</DemographicGroup>", agency)
    (row,) = read("fire_epcr", {"e.xml": data})[1]["fire_epcr"]
    assert row["report_id"] == told


@pytest.mark.parametrize(
    ("agency", "listed"), [("S38-50901", set()), ("S40", {"S38-50901", "S40"})]
)
def test_a_list_of_agencies_that_changes_under_reports_is_refused(
    warehouse, landing_dir, monkeypatch, agency, listed
):
    of = f"<dAgency.02>{agency}</dAgency.02></DemographicGroup>".encode()
    data = epcr(report(1)).replace(b"</DemographicGroup>", of)
    put(landing_dir, "fire", "epcr_20250707.xml", data)
    ledger.take_all(warehouse, landing_dir)
    assert older_warehouse.too_old(warehouse) == ""
    monkeypatch.setattr(older_warehouse, "own_agencies", lambda: listed)
    with pytest.raises(older_warehouse.OlderWarehouseError, match=f"agency {agency} "):
        ledger.take_all(warehouse, landing_dir)


@pytest.mark.parametrize(
    "text",
    ["agency_number,named\nS40,a\n ,b\n", "number\nS40\n", "agency_number\n\n,\n"],
)
def test_a_line_that_names_no_agency_is_told_of(tmp_path, monkeypatch, text):
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "own_agencies.csv").write_text(text)
    monkeypatch.setattr(nemsis_ids, "files", lambda package: tmp_path)
    with pytest.raises(ValueError, match=r"line [23]: agency_number is blank"):
        nemsis_ids.own_agencies.__wrapped__()


def test_two_agencies_with_one_number_keep_their_reports(warehouse, landing_dir):
    for day, agency in (("07", "S40"), ("14", "S41"), ("21", "S40")):
        of = f"<dAgency.02>{agency}</dAgency.02></DemographicGroup>".encode()
        data = epcr(report(1, f"<ePatient.02>of {day}</ePatient.02>"))
        data = data.replace(b"</DemographicGroup>", of)
        put(landing_dir, "fire", f"epcr_202507{day}.xml", data)
    ledger.take_all(warehouse, landing_dir)
    found = warehouse.sql(
        "select report_id, list(epatient_02 order by _delivery_id) "
        "from raw.fire_epcr group by all order by all"
    ).fetchall()
    assert found == [("R1@S40", ["of 07", "of 21"]), ("R1@S41", ["of 14"])]


def test_each_header_names_its_own_agency():
    of = "<DemographicGroup><dAgency.02>%s</dAgency.02></DemographicGroup>"
    more = f"</Header><Header>{of % 'S41'}{report(1)}{report(2)}</Header><Header>"
    data = epcr(report(1), report(2)).replace(
        b"<DemographicGroup><dAgency.01>A</dAgency.01></DemographicGroup>",
        (of % "S40").encode(),
    )
    data = data.replace(b"</Header>", f"{more}{report(1)}</Header>".encode())
    rows = read("fire_epcr", {"e.xml": data})[1]["fire_epcr"]
    found = [row["report_id"] for row in rows]
    assert found == ["R1@S40", "R2@S40", "R1@S41", "R2@S41", "R1"]


@given(
    st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), max_size=30)
)
def test_any_text_survives(name):
    element = etree.Element("{http://www.nemsis.org}ePatient.02")
    element.text = name
    assert one(etree.tostring(element).decode())["epatient_02"] == (
        name.strip() or None
    )


def test_memory_does_not_grow_with_the_number_of_reports():
    def peak(reports: int) -> int:
        data = epcr(
            *(report(n, "<eNarrative.01>x</eNarrative.01>") for n in range(reports))
        )
        given = source("fire_epcr", {"epcr.xml": data})
        facts = nemsis.facts(given)
        tracemalloc.start()
        for _ in nemsis.batches(given, facts):
            pass
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top - len(data)

    assert peak(6_000) < 2 * peak(3_000) + 5_000_000


@pytest.mark.parametrize(
    ("name", "column", "text"),
    [
        ("2025-EMS-1-Overdose_v351.xml", "eresponse_03", "351-24.46512"),
        ("EMSDataset-Nils-1.xml", "epatient_02", "PN:8801019"),
        ("EMSDataset-Nils-1.xml", "etimes_01", "NV:7701001"),
        ("EMSDataset-NoRepeat-1.xml", "erecord_01", None),
    ],
)
def test_national_samples(shared_domain, name, column, text):
    data = (shared_domain / "federal-samples/nemsis" / name).read_bytes()
    facts, rows, held, _, _ = read("fire_epcr", {"epcr.xml": data})
    (row,) = rows["fire_epcr"]
    assert facts.schema_version in ("3.5.0", "3.5.1")
    assert not held
    assert row[column] if text is None else row[column] == text


def held_beside_another(inside: str) -> list[tuple[str, str]]:
    """Return what held one report of two back; the other must enter."""
    data = epcr(report(1, inside), report(2))
    _, rows, held, _, _ = read("fire_epcr", {"epcr.xml": data})
    assert "R2" in {row["erecord_01"] for row in rows["fire_epcr"]}
    return [(one.column, one.rule) for one in held]


@pytest.mark.parametrize(
    ("inside", "is_held"),
    [
        ("<eDisposition.12>4212033</eDisposition.12>", True),
        (
            "<eDisposition.12>4212019</eDisposition.12>"
            '<eDisposition.27 xsi:nil="true" NV="7701003"/>',
            True,
        ),
        (
            "<eDisposition.12>4212019</eDisposition.12>"
            "<eDisposition.27>4227001</eDisposition.27>",
            False,
        ),
        ('<eDisposition.12 xsi:nil="true" NV="7701005"/>', False),
    ],
)
def test_a_report_with_codes_of_3_4_alone_waits(inside, is_held):
    held = held_beside_another(inside)
    assert held == ([("edisposition_27", "old_codes")] if is_held else [])


@pytest.mark.parametrize(
    ("inside", "column"),
    [
        ("<eRecord.01>R9</eRecord.01>", "erecord_01"),
        (
            "<ePatient.02>Sato</ePatient.02><ePatient.02>Eze</ePatient.02>",
            "epatient_02",
        ),
        (
            "<ePatient.17>1980-01-02</ePatient.17><x><ePatient.17>1991-02-03"
            "</ePatient.17></x>",
            "epatient_17",
        ),
        ("<ePatient.02>Sato</ePatient.02><ePatient.02>Sato</ePatient.02>", None),
        ("<ePatient.14>2514001</ePatient.14><ePatient.14>2514003</ePatient.14>", None),
    ],
)
def test_a_report_that_may_be_of_two_people_waits(inside, column):
    held = held_beside_another(inside)
    assert held == ([(column, "stands_twice")] if column else [])
