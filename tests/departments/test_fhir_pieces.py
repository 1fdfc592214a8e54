"""The short way through a piece of NDJSON leads where the long one leads."""

import json

import pytest

from dagster_project.departments import fhir_lines, fhir_pieces
from dagster_project.departments.feeds import FEEDS
from dagster_project.departments.fhir_lines import Wanted
from dagster_project.departments.ndjson import Piece
from dagster_project.departments.strict_json import DEEP

TABLE = next(feed for feed in FEEDS if feed.name == "dph_fhir").table("Patient")
NAMES = ["Nguyễn", 'O"Brien', "محمد\n", "},\\n,{", "null", "王\\"]
PLAIN = [
    json.dumps(
        {
            "resourceType": "Patient",
            "id": f"p{number}",
            "meta": {"lastUpdated": f"2025-07-0{number % 9 + 1}T00:00:00Z"},
            "name": [{"family": NAMES[number % len(NAMES)], "given": None}],
        },
        ensure_ascii=number % 2 == 0,
    )
    for number in range(3 * fhir_pieces.TOGETHER + 1)
]
ODD = [
    "",
    " \r",
    "{",
    "[]",
    "7",
    '{"resourceType": "Encounter", "id": "e1"}',
    '{"resourceType": "Patient", "id": "a", "id": "b"}',
    '{"resourceType": "Patient", "id": "a", "name": [{"use": "x", "use": "y"}]}',
    '{"resourceType": "Patient", "id": "\\u0022", "id": "b\\""}',
    '{"resourceType": "Patient", "id": "a", "n": 12345678901234567890123}',
    '{"resourceType": "Patient", "id": "a", "n": 1e400}',
    '{"resourceType": "Patient", "id": "a", "name": [{"family": "\\ud83d"}]}',
    '{"resourceType": "Patient", "id": "a", "n": ' + "[" * DEEP + "]" * DEEP + "}",
    '{"resourceType": "Patient", "name": ' + "[" * 600 + "]" * 600 + "}",
    '{"resourceType": "Patient", "id": 5, "meta": []}',
    '{"resourceType": "Patient", "id": "a"}, {"resourceType": "Patient", "id": "b"}',
]


def read(lines: list[str], by) -> tuple:
    """Return everything that becomes of some lines."""
    wanted = Wanted(TABLE, "2025-07-07T04:00:00Z", "Patient.000.ndjson")
    found = by(wanted, Piece(7, "\n".join(lines).encode()))
    columns = {name: values.to_pylist() for name, values in found.columns.items()}
    return columns, found.where, found.held, found.found, found.count, found.outside


def test_plain_resources_go_the_short_way(monkeypatch):
    told = read(PLAIN, fhir_lines.parsed)
    assert told[1] == list(range(7, 7 + len(PLAIN)))
    monkeypatch.delattr(fhir_lines, "parsed")
    assert read(PLAIN, fhir_pieces.parsed) == told


@pytest.mark.parametrize("odd", ODD)
@pytest.mark.parametrize("at", [0, fhir_pieces.TOGETHER, len(PLAIN)])
def test_an_odd_line_is_what_it_is_on_the_long_way(odd, at):
    lines = [*PLAIN[:at], odd, *PLAIN[at:]]
    assert read(lines, fhir_pieces.parsed) == read(lines, fhir_lines.parsed)


def test_a_key_that_stands_twice_is_not_made_up_for_by_other_lines():
    twice = '{"resourceType": "Patient", "id": "a", "id": "b", "x": null}'
    lines = [twice, *PLAIN, '{"resourceType": "Patient", "id": "nul\\u006c"}']
    held = read(lines, fhir_pieces.parsed)[2]
    assert [(row.line, row.rule) for row in held] == [(7, "repeated_key")]
