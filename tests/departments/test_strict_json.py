"""A key that stands twice in an object makes no row and no promise."""

import json

import pytest

from dagster_project.departments import landing
from dagster_project.departments.errors import Refused
from dagster_project.departments.strict_json import (
    DEEP,
    RepeatedKey,
    TooLarge,
    decode,
    repeats_key,
)

from .made_up_deliveries import call, fhir_files, put, read

TWICE = '{"cad_number": "1", "received_datetime": "2025-07-06", "cad_number": "2"}'


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (TWICE, True),
        ('{"a" : 1, "a":2}', True),
        ('{"a":{"type":"Point","type":"Line"}}', True),
        ('{"a":[{"b":1,"b":2}]}', True),
        ('{"a":1,"b":{"a":1},"c":[{"a":1}]}', False),
        ('{"a" : "says \\"x\\": y", "b":"\\\\"}', False),
        ('{"a":"\\u0022","a":"x\\""}', True),
        ('{"a":"\\"\\"","b":1,"b":2}', True),
        ('{"a":"\\u0022","b":"\\ud83d"}', False),
    ],
)
def test_equal_keys_are_seen_wherever_they_stand(text, is_one):
    assert repeats_key(text, json.loads(text)) == is_one
    if is_one:
        with pytest.raises(RepeatedKey):
            decode(text.encode())
    else:
        assert decode(text.encode()) == json.loads(text)


@pytest.mark.parametrize(
    "text",
    [
        '{"id": 12345678901234567890123}',
        '{"n": [-9223372036854775809, 18446744073709551616]}',
        '{"family": "\\ud83d", "given": "Zoë"}',
        '{"at": "2025-07-03T00:00:00.123456789Z", "n": [1e308, null, 0.1e-400]}',
        '["\\null", "nul\\u006c", null, "0000000000000000000000"]',
        "[" * DEEP + "]" * DEEP,
        '["\\ud83d",' + "[" * (DEEP - 1) + "1" + "]" * DEEP,
    ],
)
def test_a_document_means_the_same_whichever_parser_reads_it(text):
    assert decode(text.encode()) == json.loads(text)


@pytest.mark.parametrize("levels", [DEEP + 1, 900, 100_000])
def test_what_is_nested_too_deep_is_no_matter_of_the_moment(levels):
    for start in ("", '"\\ud83d",'):
        text = f"[{start}" + "[" * (levels - 1) + "]" * levels
        with pytest.raises(ValueError, match="nested deeper than 254 levels"):
            decode(text.encode())


@pytest.mark.parametrize("text", ["NaN", '{"a": Infinity}', "01", "[1,]", "{} {}"])
def test_what_only_looks_like_json_is_refused(text):
    with pytest.raises(ValueError):
        decode(text.encode())


@pytest.mark.parametrize(
    "text",
    ["1e400", '{"a": null, "b": [-1E+999]}', '["\\ud83d", 1e400]', "9" * 400 + ".0"],
)
def test_a_number_too_large_to_be_kept_is_not_silently_null(text):
    with pytest.raises(TooLarge, match="larger than 1e308"):
        decode(text.encode())


def test_a_resource_with_a_number_too_large_waits():
    large = '{"resourceType":"Patient","id":"p1","extension":[{"valueDecimal":1e400}]}'
    good = {"resourceType": "Patient", "id": "p2"}
    _, rows, held, _, _ = read("dph_fhir", fhir_files(Patient=[large, good]))
    assert [row["id"] for row in rows["dph_patient"]] == ["p2"]
    assert [(q.line, q.rule) for q in held] == [(1, "number_too_large")]
    assert held[0].reason == "a number in the line is larger than 1e308"


def test_a_call_keeps_a_number_too_large_as_it_was_written():
    text = json.dumps(call(1, priority_final="?")).replace('"?"', "1e400")
    _, rows, held, _, _ = read("dem_cad", {"cad.json": f"[{text}]".encode()})
    assert not held
    (row,) = rows["dem_cad_calls"]
    assert row["priority_final"] == "1e400"


def test_a_row_with_a_key_twice_waits_and_the_others_enter():
    data = f"[{json.dumps(call(1))},\n{TWICE},\n{json.dumps(call(3))}]".encode()
    _, rows, held, _, _ = read("dem_cad", {"cad.json": data})
    assert len(rows["dem_cad_calls"]) == 2
    assert [(q.line, q.rule) for q in held] == [(2, "repeated_key")]


def test_a_resource_with_a_key_twice_waits():
    twice = '{"resourceType":"Patient","id":"p1","birthDate":"1","birthDate":"2"}'
    good = {"resourceType": "Patient", "id": "p2"}
    _, rows, held, _, _ = read("dph_fhir", fhir_files(Patient=[twice, good]))
    assert [row["id"] for row in rows["dph_patient"]] == ["p2"]
    assert [q.rule for q in held] == ["repeated_key"]


def test_a_manifest_that_promises_twice_is_refused(landing_dir):
    put(landing_dir, "dem", "cad.json", json.dumps([call(1)]).encode())
    told = b'{"rows": 1, "rows": 2}'
    put(landing_dir, "dem", "cad.json.manifest.json", told)
    (delivery,) = landing.deliveries(landing_dir)
    assert delivery.fault.rule == "sidecar"
    assert "twice" in delivery.fault.reason
    files = fhir_files() | {"manifest.json": b'{"output": [], "output": []}'}
    with pytest.raises(Refused, match="twice"):
        read("dph_fhir", files)
