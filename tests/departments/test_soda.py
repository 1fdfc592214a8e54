import io
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagster_project.departments import json_array, soda
from dagster_project.departments.errors import Refused

from .made_up_deliveries import call, csv_bytes, read, source

ROWS = [
    call(1, agency="HEART"),
    call(2, intersection_name="PACIFIC AVE \\ PHOENIX TER"),
]


def calls(data: bytes, name: str = "cad.json"):
    return read("dem_cad", {name: data})


def test_null_keys_are_absent_and_ids_stay_text():
    crossing = ["5TH ST", "MISSION ST"]
    rows = [call(1, supervisor_district="3.0", sensitive_call=True), call(2)]
    rows[1] |= {"intersection_name": crossing, "disposition": None, "agency": 7}
    found = calls(json.dumps(rows, indent=1).encode())[1]["dem_cad_calls"]
    assert found[0]["supervisor_district"] == "3.0"
    assert found[0]["sensitive_call"] == "true"
    assert found[0]["intersection_name"] is None
    assert json.loads(found[1]["intersection_name"]) == crossing
    assert (found[1]["disposition"], found[1]["agency"]) == (None, "7")


def test_half_a_character_stays_as_it_was_written():
    data = (
        b'[{"cad_number": "1", "received_datetime": "2025-07-06", "agency": "\\ud83d"}]'
    )
    (row,) = calls(data)[1]["dem_cad_calls"]
    assert row["agency"] == "\\ud83d"


def test_csv_and_json_say_the_same():
    by_json = calls(json.dumps(ROWS).encode())[1]
    columns = ["cad_number", "received_datetime", "agency", "intersection_name"]
    by_csv = calls(csv_bytes(columns, ROWS), "cad.csv")[1]
    for left, right in zip(
        *(t["dem_cad_calls"] for t in (by_json, by_csv)), strict=True
    ):
        assert {k: left[k] for k in right} == right


def test_the_apis_own_keys_are_no_columns():
    rows = [call(1, **{":@computed_region_ajp5": "2"})]
    assert len(calls(json.dumps(rows).encode())[1]["dem_cad_calls"]) == 1


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("cad.json", json.dumps([call(1, media_url="x"), call(2)]).encode()),
        (
            "cad.csv",
            b"cad_number,received_datetime,:@computed_region_ajp5,media_url\n"
            b"251880001,2025-07-06T23:10:00.000,2,x\n"
            b"251880002,2025-07-06T23:10:00.000,2,\n",
        ),
    ],
)
def test_a_column_datasf_adds_is_left_out_and_counted(name, data):
    given = source("dem_cad", {name: data})
    (batch,) = soda.batches(given, soda.facts(given))
    assert batch.rows.num_rows == 2
    assert "media_url" not in batch.rows.column_names
    assert batch.columns_left_out["media_url"] == 1


@pytest.mark.parametrize("spelled", [str.upper, str.title, "{} ".format])
def test_a_key_of_json_is_a_field_however_it_is_written(spelled):
    rows = [
        {spelled(key.replace("_", " ")): v for key, v in row.items()} for row in ROWS
    ]
    assert (
        calls(json.dumps(rows).encode(), "cad.json")[1:]
        == calls(json.dumps(ROWS).encode(), "cad.json")[1:]
    )


def test_a_key_that_only_resembles_a_field_of_its_row_is_left_out():
    row = call(1) | {"CAD_NUMBER": "999", "agency": "SFPD"}
    given = source("dem_cad", {"cad.json": json.dumps([row]).encode()})
    (batch,) = soda.batches(given, soda.facts(given))
    assert batch.rows["cad_number"].to_pylist() == [call(1)["cad_number"]]
    assert batch.columns_left_out == {"CAD_NUMBER": 1}


def test_the_format_of_a_file_without_ending_is_seen():
    assert calls(json.dumps(ROWS).encode(), "police calls")[0].schema_version == "json"
    data = csv_bytes(["cad_number", "received_datetime"], ROWS)
    assert calls(data, "police calls")[0].schema_version == "csv"


@pytest.mark.parametrize("name", ["cad_20250707.json", "cad_20250707.csv.gz", "CAD"])
def test_a_file_is_read_for_what_it_is_whatever_it_is_called(name):
    data = csv_bytes(["cad_number", "received_datetime"], ROWS)
    read = [calls(each, name) for each in (data, json.dumps(ROWS).encode())]
    assert [facts.schema_version for facts, *_ in read] == ["csv", "json"]
    told = [
        [row["cad_number"] for row in rows["dem_cad_calls"]] for _, rows, *_ in read
    ]
    assert told[0] == told[1] == [row["cad_number"] for row in ROWS]


@pytest.mark.parametrize(
    ("data", "rule"),
    [
        (b"", "empty"),
        (b'{"error":true,"message":"Invalid SoQL"}', "not_an_array"),
        (b"<html>", "web_page"),
        (b"cad_number\n", "not_json"),
        (json.dumps(ROWS).encode()[:-1], "torn"),
        (json.dumps(ROWS).encode()[:-20], "torn"),
        (json.dumps(ROWS).encode() + b"[]", "not_json"),
        (json.dumps(ROWS).encode().replace(b"}, {", b"} {"), "not_json"),
        (json.dumps(ROWS).encode()[:-1] + b",]", "not_json"),
        (b"[1, 2]", "not_a_row"),
        (b'[{"cad_number": NaN}]', "torn"),
        ('[{"agency": "José"}]'.encode("cp1252"), "encoding"),
    ],
)
def test_refuses(data, rule):
    with pytest.raises(Refused) as refused:
        calls(data)
    assert refused.value.rule == rule


def test_a_row_without_key_or_time_waits_with_its_line():
    rows = [call(1), {"received_datetime": "2025-07-06T23:10:00"}, call(3)]
    rows[2]["received_datetime"] = "yesterday"
    data = "[" + "\n,".join(json.dumps(row) for row in rows) + "]\n"
    _, _, held, _, _ = calls(data.encode())
    assert [(q.line, q.rule) for q in held] == [(2, "missing_key"), (3, "bad_time")]
    assert json.loads(held[1].original) == rows[2]


def test_an_element_that_is_no_row_waits_and_the_others_enter():
    data = "[" + "\n,".join([json.dumps(call(1)), '"Ayşe"', json.dumps(call(3))]) + "]"
    _, rows, held, _, _ = calls(data.encode())
    assert [row["cad_number"] for row in rows["dem_cad_calls"]] == [
        call(1)["cad_number"],
        call(3)["cad_number"],
    ]
    assert [(q.line, q.rule) for q in held] == [(2, "not_a_row")]
    assert "Ayşe" not in str(held)


values = st.none() | st.text(st.characters(codec="utf-8"), max_size=20)


@given(
    st.lists(
        st.fixed_dictionaries({"agency": values, "disposition": values}), max_size=20
    ),
    st.integers(1, 9),
    st.sampled_from([None, 1]),
)
def test_round_trip_whatever_the_size_of_a_read(rows, size, indent):
    data = json.dumps(rows, ensure_ascii=False, indent=indent).encode()
    before, json_array.READ = json_array.READ, size
    try:
        pieces = json_array.decoded(io.BytesIO(data))
        text = next(pieces)
        told = json_array.elements(text, json_array.opened(text), pieces)
        found = [value for _, _, value in told]
    finally:
        json_array.READ = before
    assert found == rows


@pytest.mark.parametrize(
    ("feed", "file", "table", "count"),
    [
        ("dem_cad", "gnap-fj3t_sample.json", "dem_cad_calls", 6),
        ("fire_calls", "nuek-vuh3_sample.json", "fire_calls", 5),
    ],
)
def test_datasf_samples(shared_domain, feed, file, table, count):
    data = (shared_domain / "datasf" / file).read_bytes()
    _, rows, held, _, _ = read(feed, {"x.json": data})
    assert len(rows[table]) == count
    assert not held
