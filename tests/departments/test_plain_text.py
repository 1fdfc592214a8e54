"""Control characters leave every text, and are counted by row."""

import json

import pyarrow as pa
import pytest

from dagster_project.departments.ledger import take_all
from dagster_project.departments.plain_text import without_controls

from .made_up_deliveries import call, fhir_files, hmis_files, put


@pytest.mark.parametrize(
    ("texts", "expected", "count"),
    [
        (["Nguy\x00ễn", "Thị"], ["Nguyễn", "Thị"], 1),
        (["\x1b[2JSiobhán\x7f", None, "\x08"], ["[2JSiobhán", None, ""], 2),
        (["a\tb\r\nc", "陳"], ["a\tb\r\nc", "陳"], 0),
        (["\u0085\u200b\u202e"], ["\u0085\u200b\u202e"], 0),
        ([None, None], [None, None], 0),
        ([], [], 0),
    ],
)
def test_only_controls_go(texts, expected, count):
    plain, rows = without_controls({"Name": pa.array(texts, pa.string())})
    assert plain["Name"].to_pylist() == expected
    assert rows == ({"Name": count} if count else {})


@pytest.mark.parametrize(
    "text",
    ["\x01\x02\x03Ana", "Ana\x1b", "\\u0001Ana", "\\\x01Ana", "\x7f\b\fAna", "A\n\tna"],
)
def test_inside_a_document_they_go_as_escapes(text):
    written = json.dumps({"family": text}, ensure_ascii=False)
    columns = {"resource": pa.array([written])}
    plain, rows = without_controls(columns, document="resource")
    kept = "".join(c for c in text if c in "\n\t" or (c >= " " and c != "\x7f"))
    assert json.loads(plain["resource"][0].as_py()) == {"family": kept}
    assert rows == ({"resource": 1} if kept != text else {})


def test_every_standard_is_freed_of_them_and_its_ledger_says_so(warehouse, landing_dir):
    named = [{"PersonalID": "C1", "FirstName": "Mei\x07"}]
    put(landing_dir, "hsh", "hmis_20250701", hmis_files(Client=named))
    patient = {"resourceType": "Patient", "id": "p1", "name": [{"family": "Ose\x01i"}]}
    put(landing_dir, "dph", "fhir_20250707", fhir_files(Patient=[patient]))
    rows = [call(1, agency="Pol\x1bice"), call(2, disposition="H\x00AN"), call(3)]
    put(landing_dir, "dem", "cad_20250707.json", json.dumps(rows).encode())
    outcomes = take_all(warehouse, landing_dir)
    assert {outcome.status for outcome in outcomes} == {"taken"}
    told = warehouse.sql(
        "select table_name, rule, rows from raw.left_out_rows "
        "where rule like 'column_not_plain%' order by all"
    ).fetchall()
    assert told == [
        ("dem_cad_calls", "column_not_plain: agency", 1),
        ("dem_cad_calls", "column_not_plain: disposition", 1),
        ("dph_patient", "column_not_plain: resource", 1),
        ("hsh_client", "column_not_plain: FirstName", 1),
    ]
    assert warehouse.sql('select "FirstName" from raw.hsh_client').fetchall() == [
        ("Mei",)
    ]
    assert "Osei" in str(warehouse.sql("from raw.dph_patient").fetchall())
