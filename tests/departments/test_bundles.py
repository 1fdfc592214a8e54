"""FHIR Bundles: every entry is a row, a deletion, counted, or waits with a reason."""

import gzip
import io
import json
import random
import tracemalloc
import zipfile
from datetime import datetime

import duckdb
import pytest

from dagster_project.departments import bundle_entries, fhir, fhir_bundles
from dagster_project.departments.errors import Refused
from dagster_project.departments.ledger import take_all

from .made_up_deliveries import fhir_files, put, read, source

WHEN = datetime(2025, 7, 7)
HER, VISIT = (
    "5f0c7a52-0d3e-4d6f-9a3b-0c1d2e3f4a5b",
    "0b9d8c7e-1111-4222-8333-944455566677",
)


def bundle(*entries, kind: str = "collection", **more) -> dict:
    return {"resourceType": "Bundle", "type": kind, "entry": list(entries), **more}


def entry(resource_type: str, key: str | None = "1", url: str = "", **fields) -> dict:
    resource = {"resourceType": resource_type, **({"id": key} if key else {}), **fields}
    return {"resource": resource, **({"fullUrl": url} if url else {})}


def deleted(path: str, **answer) -> dict:
    return {"request": {"method": "DELETE", "url": path}, "response": answer}


def told(*bundles: dict, name: str = "Nguyễn.json", indent: int | None = 1):
    text = "\n".join(json.dumps(each, indent=indent) for each in bundles)
    return read("dph_fhir", {name: text.encode()}, modified=WHEN)


ONE = bundle(
    entry("Encounter", VISIT, f"urn:uuid:{VISIT}", subject={"reference": "urn:uuid:9"}),
    entry("Patient", HER, f"urn:uuid:{HER}", name=[{"family": "Nguyễn"}]),
    entry("Practitioner", "d1"),
    kind="transaction",
)


@pytest.mark.parametrize("name", ["Nguyễn.json", "Bundle.ndjson", "Bundle.000.ndjson"])
@pytest.mark.parametrize("sort", [False, True])
def test_entries_fill_the_tables_of_their_types(name, sort):
    indent = None if name.endswith(".ndjson") else 2
    text = json.dumps(ONE, indent=indent, sort_keys=sort).encode()
    files = {name: text + b"\n"}
    facts, rows, held, left_out, _ = read("dph_fhir", files, modified=WHEN)
    assert facts.extracted_at == WHEN
    assert [row["id"] for row in rows["dph_patient"]] == [HER]
    assert [row["id"] for row in rows["dph_encounter"]] == [VISIT]
    assert json.loads(rows["dph_patient"][0]["resource"])["name"] == [
        {"family": "Nguyễn"}
    ]
    assert (held, left_out) == ([], {"resource_not_taken: Practitioner": 1})


def test_a_bundle_makes_the_rows_that_lines_make():
    people = [
        {
            "resourceType": "Patient",
            "id": f"p{number}",
            "meta": {"lastUpdated": f"2025-07-01T00:00:{number:02}Z"},
            "name": [{"family": "Łukasz", "given": ['Ana "Anita"', "\\ud83d"]}],
        }
        for number in range(5)
    ]
    visits = [{"resourceType": "Encounter", "id": f"e{n}"} for n in range(3)]
    as_lines = fhir_files(Patient=people, Encounter=visits)
    as_one = bundle(*({"resource": each} for each in (*people, *visits)))
    _, lines, _, _, _ = read("dph_fhir", as_lines)
    _, entries, _, _, _ = told(as_one)
    assert entries == {t: rows for t, rows in lines.items() if rows}


@pytest.mark.parametrize(
    ("bad", "rule"),
    [
        (
            '{"resource": {"resourceType": "Patient", "id": "x", "id": "y"}}',
            "repeated_key",
        ),
        ('{"resource": {"resourceType": "Patient", "id": NaN}}', "not_json"),
        ('{"resource": {"resourceType": "Patient", id: "x"}}', "not_json"),
        ('{"resource": {"resourceType": "Patient", "id": "x" "y"}}', "not_json"),
        ('{"resource": {"resourceType": "Patient", "n": 1e999}}', "number_too_large"),
        ('{"resource": {"resourceType": "Patient"}}', "missing_key"),
        ('{"resource": {"resourceType": "Patient", "id": "\\ud83d"}}', "missing_key"),
        ('{"resource": {"resourceType": ["Patient"], "id": "x"}}', "resource_type"),
        ('{"resource": {"id": "x"}}', "resource_type"),
        ('{"resource": "Patient/1"}', "not_a_resource"),
        ("{}", "not_a_resource"),
        ("null", "not_a_resource"),
        ('"Patient/1"', "not_a_resource"),
        ("17", "not_a_resource"),
        ("[" * 600 + "]" * 600, "not_json"),
        ('{"request": {"method": "DELETE", "url": "Patient?id=7"}}', "not_a_deletion"),
        ('{"resource": {"resourceType": "Bundle", "entry": [7]}}', "not_a_resource"),
    ],
)
@pytest.mark.parametrize("by_line", [False, True])
def test_one_bad_entry_waits_and_the_bundle_goes_on(bad, rule, by_line):
    good = json.dumps(entry("Patient", "p1"))
    text = f'{{"resourceType": "Bundle", "entry": [\n{good},\n{bad},\n{good}]}}'
    name = "Bundle.ndjson" if by_line else "Siobhán.json"
    text = text.replace("\n", " ") if by_line else text
    files = {name: text.encode() + b"\n"}
    _, rows, held, _, _ = read("dph_fhir", files, modified=WHEN)
    assert [row["id"] for row in rows["dph_patient"]] == ["p1", "p1"]
    assert [(row.rule, row.line) for row in held] == [(rule, 1 if by_line else 3)]
    assert "not kept" in held[0].original or json.loads(held[0].original)


def test_a_bad_line_of_bundles_waits_and_the_file_goes_on():
    lines = [json.dumps(bundle(entry("Patient", "p1"))), '{"entry": [', "{}", "7"]
    lines.append(json.dumps(bundle(entry("Patient", "p2"))))
    files = {"Bundle.ndjson": "\n".join(lines).encode() + b"\n"}
    _, rows, held, _, _ = read("dph_fhir", files, modified=WHEN)
    assert [row["id"] for row in rows["dph_patient"]] == ["p1", "p2"]
    assert [(row.line, row.rule) for row in held] == [
        (2, "torn"),
        (3, "not_a_bundle"),
        (4, "not_json"),
    ]


def test_deletions_of_a_history_are_tombstones_at_their_own_time():
    history = bundle(
        entry("Patient", "p1", meta={"lastUpdated": "2025-07-03T00:00:00Z"}),
        deleted("Patient/p1", lastModified="2025-07-02T00:00:00Z"),
        deleted("Encounter/e9/_history/3"),
        entry("Patient", "p1") | {"response": {"lastModified": "2025-07-01T00:00:00Z"}},
        {
            "request": {"method": "PUT", "url": "Patient/p3"},
            "response": {"status": "200"},
        },
        kind="history",
    )
    _, rows, held, left_out, _ = told(history)
    assert [
        (r["resource_type"], r["id"], r["deleted_at"]) for r in rows["dph_deleted"]
    ] == [
        ("Patient", "p1", "2025-07-02T00:00:00Z"),
        ("Encounter", "e9", "2025-07-03T00:00:00Z"),
    ]
    assert [row["last_updated"][:10] for row in rows["dph_patient"]] == [
        "2025-07-03",
        "2025-07-01",
    ]
    assert (held, left_out) == ([], {"entry_without_resource": 1})


def test_a_search_s_outcome_is_no_record_and_its_pages_do_not_matter():
    outcome = entry("OperationOutcome", None) | {"search": {"mode": "outcome"}}
    found = entry("Patient", "p1") | {"search": {"mode": "match"}}
    more = entry("Encounter", "e1") | {"search": {"mode": "include"}}
    link = [{"relation": "next", "url": "https://dph.example/fhir?page=2"}]
    page = bundle(found, more, outcome, kind="searchset", total=900, link=link)
    _, rows, held, left_out, _ = told(page, bundle(kind="searchset"))
    assert {table: len(found) for table, found in rows.items() if found} == {
        "dph_patient": 1,
        "dph_encounter": 1,
    }
    assert (held, left_out) == ([], {"search_outcome": 1})


def test_answers_to_several_searches_are_read_inside_their_bundle():
    inner = {"resource": bundle(entry("Patient", "p1"), entry("Patient", "p2"))}
    _, rows, _, _, _ = told(
        bundle(inner, entry("Patient", "p3"), kind="batch-response")
    )
    assert [row["id"] for row in rows["dph_patient"]] == ["p1", "p2", "p3"]


def subjects(rows) -> list[str]:
    return [
        json.loads(row["resource"])["subject"]["reference"]
        for row in rows["dph_encounter"]
    ]


def test_a_urn_means_its_entry_whichever_stands_first():
    def visit(key: str, urn: str) -> dict:
        return entry("Encounter", key, subject={"reference": urn})

    one = bundle(
        visit("e1", "urn:uuid:aa"),
        visit("e2", "urn:oid:1.2.3"),
        visit("e3", "urn:uuid:cc"),
        visit("e4", "Patient/aa"),
        entry("Patient", "p1", "urn:uuid:aa"),
        entry("Patient", "p2", "urn:oid:1.2.3"),
        entry("Patient", "cc", "urn:uuid:cc"),
    )
    other = bundle(visit("e5", "urn:uuid:aa"), entry("Patient", "p9", "urn:uuid:aa"))
    _, rows, held, _, _ = told(one, other)
    assert subjects(rows) == [
        "Patient/p1",
        "Patient/p2",
        "urn:uuid:cc",
        "Patient/aa",
        "Patient/p9",
    ]
    lines = told(one, other, name="Bundle.ndjson", indent=None)[1]
    assert [row["resource"] for row in lines["dph_encounter"]] == [
        row["resource"] for row in rows["dph_encounter"]
    ]
    assert not held


@pytest.mark.parametrize(
    ("url", "key"),
    [
        (f"urn:uuid:{HER}", HER),
        ("https://dph.example/fhir/Patient/p7", "p7"),
        ("https://dph.example/fhir/Patient/p7/_history/2", "p7"),
        ("https://dph.example/fhir/Group/g7", None),
        ("urn:uuid:", None),
        ("", None),
    ],
)
def test_a_resource_that_has_no_id_yet_is_called_as_its_entry_is(url, key):
    good = entry("Patient", "p1")
    _, rows, held, _, _ = told(bundle(good, entry("Patient", None, url)))
    assert [row["id"] for row in rows["dph_patient"]] == (
        ["p1", key] if key else ["p1"]
    )
    assert [row.rule for row in held] == ([] if key else ["missing_key"])
    if key:
        assert json.loads(rows["dph_patient"][1]["resource"])["id"] == key


TEXT = json.dumps(ONE, indent=1)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        (TEXT[:-1], "torn"),
        (TEXT[:200], "torn"),
        (TEXT + "]", "not_json"),
        (TEXT + TEXT[:-20], "torn"),
        (TEXT.replace('"entry"', '"entry":[],"entry"'), "repeated_key"),
        (TEXT.replace('"type"', "type"), "not_json"),
        (TEXT.replace('"entry"', '"\\u0065ntry"'), "not_json"),
        ('{"entry": [{}], "resourceType": "List"}', "not_a_bundle"),
        ('{"resourceType": "Bundle", "entry": [1 2]}', "not_json"),
        ('{"resourceType": "Bundle", "entry": [{},]}', "not_json"),
    ],
)
def test_a_bundle_that_cannot_be_trusted_is_refused(text, rule):
    with pytest.raises(Refused) as refused:
        read("dph_fhir", {"Oyelaran.json": text.encode()}, modified=WHEN)
    assert (refused.value.rule, refused.value.member) == (rule, "Oyelaran.json")


@pytest.mark.parametrize("size", [1, 7, 64])
def test_entries_do_not_depend_on_where_a_read_ends(monkeypatch, size):
    texts = ['é\\"}{[', "]", "\\", "王" * 90, ""]
    found = [
        {"n": number, "text": random.Random(number).choice(texts)}
        for number in range(99)
    ]
    whole = json.dumps(bundle(*found, 7, None, [[]], link=[{"a": '"]}'}]), indent=1)
    expected = [*found, 7, None, [[]]]
    monkeypatch.setattr(bundle_entries, "READ", size)
    read = list(bundle_entries.entries(io.BytesIO(whole.encode() + b"\n")))
    assert [json.loads(text) for _, _, text in read] == expected
    lines = whole.splitlines()
    assert all(
        lines[line - 1].strip() == text.decode().splitlines()[0].strip(",")
        for _, line, text in read[:99]
    )


def test_memory_does_not_grow_with_the_bundle(monkeypatch):
    monkeypatch.setattr(bundle_entries, "READ", 1 << 16)
    monkeypatch.setattr(fhir_bundles, "ENTRIES", 100)

    def peak(entries: int) -> int:
        text = json.dumps(
            bundle(
                *(
                    entry("Patient", f"p{n}", text={"div": "x" * 2_000})
                    for n in range(entries)
                )
            )
        ).encode()
        given = source("dph_fhir", {"big.json": text}, modified=WHEN)
        facts = fhir.facts(given)
        tracemalloc.start()
        try:
            rows = sum(batch.rows.num_rows for batch in fhir.batches(given, facts))
            assert rows == entries
            return tracemalloc.get_traced_memory()[1]
        finally:
            tracemalloc.stop()

    small, large = peak(2_000), peak(8_000)
    assert large < 1.5 * small


def test_an_entry_longer_than_a_resource_may_be_refuses_the_bundle(monkeypatch):
    monkeypatch.setattr(bundle_entries, "LINE_LIMIT", 5_000)
    with pytest.raises(Refused) as refused:
        told(bundle(entry("Patient", "p1", photo="x" * 5_000)))
    assert refused.value.rule == "line_limit"


def packed(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


PATIENTS = {
    f"{n}_Łukasz.json": json.dumps(
        bundle(entry("Patient", f"p{n}"), entry("Encounter", f"e{n}")), indent=2
    ).encode()
    for n in range(3)
}


@pytest.mark.parametrize(
    ("name", "content", "deliveries"),
    [
        ("Nguyễn.json", PATIENTS["0_Łukasz.json"], 1),
        ("Nguyễn.json.gz", gzip.compress(PATIENTS["0_Łukasz.json"], mtime=0), 1),
        ("synthea.zip", packed(PATIENTS), 1),
        ("fhir_20250701", PATIENTS | {"README.md": b"made up"}, 1),
        ("output", PATIENTS, 3),
        (
            "bundles.ndjson",
            b"\n".join(json.dumps(json.loads(p)).encode() for p in PATIENTS.values())
            + b"\n",
            1,
        ),
    ],
)
def test_bundles_come_as_a_file_a_folder_an_archive_or_lines(
    landing_dir, name, content, deliveries
):
    put(landing_dir, "dph", name, content)
    with duckdb.connect() as connection:
        outcomes = take_all(connection, landing_dir)
        people = connection.sql("select id from raw.dph_patient order by id").fetchall()
        visits = connection.sql("select count(*) from raw.dph_encounter").fetchone()[0]
        again = take_all(connection, landing_dir)
    assert [outcome.status for outcome in outcomes] == ["taken"] * deliveries, outcomes
    expected = 1 if name.startswith("Nguyễn") else 3
    assert (people, visits) == ([(f"p{n}",) for n in range(expected)], expected)
    assert {outcome.status for outcome in again} == {"known"}


def test_a_manifest_may_list_bundles_beside_files_of_one_type():
    patient = {"resourceType": "Patient", "id": "p1"}
    files = fhir_files(Patient=[patient], Bundle=[bundle(entry("Patient", "p2"))])
    _, rows, _, _, _ = read("dph_fhir", files)
    assert [(r["id"], r["_row_number"]) for r in rows["dph_patient"]] == [
        ("p1", 1),
        ("p2", 2),
    ]
    manifest = json.loads(files["manifest.json"])
    manifest["output"] = [each | {"count": 1} for each in manifest["output"]]
    assert read("dph_fhir", files | {"manifest.json": json.dumps(manifest).encode()})
    manifest["output"] = [each | {"count": 2} for each in manifest["output"]]
    with pytest.raises(Refused) as refused:
        read("dph_fhir", files | {"manifest.json": json.dumps(manifest).encode()})
    assert refused.value.rule == "row_count"


def test_bundles_that_a_manifest_does_not_list_are_counted():
    of_another = json.dumps(bundle(entry("Patient", "old"), entry("Patient", "p0")))
    files = fhir_files(Patient=[{"resourceType": "Patient", "id": "p1"}])
    _, rows, _, left_out, _ = read("dph_fhir", files | {"O.json": of_another.encode()})
    assert [row["id"] for row in rows["dph_patient"]] == ["p1"]
    assert left_out == {"file_not_listed: O.json": 2}


def meant_by_urn(value, named: set[str]):
    """Return a resource whose references are what a transaction writes."""
    if isinstance(value, list):
        return [meant_by_urn(inner, named) for inner in value]
    if not isinstance(value, dict):
        return value
    found = {key: meant_by_urn(inner, named) for key, inner in value.items()}
    key = str(found.get("reference")).rpartition("/")[2]
    return found | ({"reference": f"urn:uuid:x{key}"} if key in named else {})


def test_a_synthetic_hospital_s_bundles_hold_what_its_lines_hold(shared_domain):
    lines = {
        p.name: p.read_bytes() for p in (shared_domain / "fhir").glob("*.0*.ndjson")
    }
    found = [json.loads(line) for text in lines.values() for line in text.splitlines()]
    named = {resource["id"] for resource in found}
    entries = [
        {
            "fullUrl": f"urn:uuid:x{resource['id']}",
            "resource": meant_by_urn(resource, named),
            "request": {"method": "POST", "url": resource["resourceType"]},
        }
        for resource in found
    ]
    whole = json.dumps(bundle(*entries, kind="transaction"), indent=1)
    files = {"everyone.json": whole.encode()}
    _, rows, held, left_out, _ = read("dph_fhir", files, modified=WHEN)
    _, expected, _, as_lines, _ = read("dph_fhir", lines, modified=WHEN)
    assert not held
    assert left_out == as_lines

    def by_id(table: dict) -> dict:
        return {
            name: {row["id"]: json.loads(row["resource"]) for row in found}
            for name, found in table.items()
            if found
        }

    assert by_id(rows) == by_id(expected)


@pytest.mark.parametrize("is_sorted", [False, True])
@pytest.mark.parametrize("by_line", [False, True])
def test_the_first_version_in_a_history_counts(by_line, is_sorted):
    stamp = {"lastUpdated": "2025-07-01T00:00:00Z"}
    told = [
        {"resourceType": "Patient", "id": "p1", "meta": stamp, "name": [{"family": n}]}
        for n in ("Nguyễn", "Nguyen", "Trần")
    ]
    history = {
        "resourceType": "Bundle",
        "type": "history",
        "entry": [{"resource": resource} for resource in told[:2]],
    }
    later = history | {"entry": [{"resource": told[2]}], "type": "searchset"}
    text = "\n".join(json.dumps(b, sort_keys=is_sorted) for b in (history, later))
    name = "Bundle.ndjson" if by_line else "history.json"
    rows = read("dph_fhir", {name: text.encode() + b"\n"})[1]["dph_patient"]
    numbers = [row["_row_number"] for row in rows]
    assert numbers == [-1, -2, 3]
