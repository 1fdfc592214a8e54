"""What was said about consent is kept, and the last word holds."""

from datetime import date, datetime
from pathlib import Path

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from dagster_project.cli import app
from dagster_project.departments import ledger, ledger_tables
from dagster_project.governance.consent_tables import write_tables
from dagster_project.governance.in_force import checked
from dagster_project.governance.statement_file import (
    UnreadableStatementsError,
    add_statements,
    read_statements,
)
from dagster_project.governance.statements import (
    CannotStateError,
    Statement,
    holding,
    parsed,
    stated,
)
from tests.departments.made_up_deliveries import fhir_files
from tests.governance.conftest import OURS

AGREEMENT = checked(OURS)
DAY, AT = date(2026, 3, 1), datetime(2026, 3, 2, 8)


def said(word="revoked", record="hsh:hmis:1", **more):
    told = {"on": DAY, "at": AT, "by": "Ifeoma Nwosu", "reason": "asked at the desk"}
    return stated(AGREEMENT, word, record, **told | more)


def test_a_statement_is_about_all_purposes_unless_told():
    assert said(consent="hmis_roi").purposes == (
        "linkage",
        "case_conference",
        "analysis",
    )
    assert said("objected", purposes=["analysis"]).purposes == ("analysis",)


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ({"record": "Mele"}, "is no client record id"),
        ({"record": "hsh:hmis:"}, "is no client record id"),
        ({"record": "police:cad:7"}, "'police' is no department"),
        ({"consent": "roi"}, "There is no consent 'roi'"),
        ({"purposes": ["profit"]}, "does not decide about 'profit'"),
        ({"consent": "part2", "purposes": ["linkage"]}, "does not decide about"),
        ({"word": "given", "consent": "part2"}, "in writing"),
        ({"by": " "}, "--by"),
        ({"reason": ""}, "--reason"),
    ],
)
def test_what_means_nothing_is_not_written(more, told):
    with pytest.raises(CannotStateError, match=told):
        said(**more)


def test_the_last_word_holds_per_purpose():
    rows = holding(
        [
            said("objected"),
            said("given", purposes=["analysis"], on=date(2026, 4, 1)),
            said(record="dph:fhir:é", consent="part2", purposes=["analysis"]),
        ]
    )
    assert [(row[0], row[2], row[3]) for row in rows] == [
        ("dph:fhir:é", "analysis", "revoked"),
        ("hsh:hmis:1", "analysis", "given"),
        ("hsh:hmis:1", "case_conference", "objected"),
        ("hsh:hmis:1", "linkage", "objected"),
    ]


texts = st.text(min_size=1).filter(str.strip)


@given(
    st.builds(
        Statement,
        said=st.sampled_from(["revoked", "objected", "given"]),
        client_record_id=texts,
        consent=texts,
        purposes=st.lists(texts, max_size=3).map(tuple),
        on=st.dates(),
        at=st.datetimes(),
        by=texts,
        reason=texts,
        consent_id=st.text(),
    )
)
def test_a_line_says_what_was_said(statement):
    line = statement.line()
    assert "\n" not in line
    assert parsed(line) == statement


def test_the_file_only_grows_and_a_bad_line_stops_everything(tmp_path: Path):
    path = tmp_path / "consents.jsonl"
    assert read_statements(path) == []
    assert add_statements(path, [said()]) == 1
    first = path.read_bytes()
    assert add_statements(path, [said(word="given", consent="hmis_roi")]) == 1
    assert path.read_bytes().startswith(first)
    assert path.stat().st_mode & 0o077 == 0
    assert len(read_statements(path)) == 2
    path.write_bytes(path.read_bytes() + b'{"said": "revo')
    with pytest.raises(UnreadableStatementsError, match=r"consents.jsonl, line 3"):
        read_statements(path)


def _consent(number, status, updated):
    return {
        "resourceType": "Consent",
        "id": f"con-{number}",
        "meta": {"lastUpdated": updated},
        "status": status,
        "patient": {"reference": "Patient/p1"},
        "category": [{"coding": [{"code": "42CFRPart2"}]}],
        "provision": {"type": "permit"},
    }


def _built(folder: Path, deliveries: dict[str, list[dict]], statements: Path):
    """Build a warehouse from nothing; return what holds of consent."""
    landing = folder / "landing" / "dph"
    for name, consents in deliveries.items():
        (landing / name).mkdir(parents=True)
        for file, data in fhir_files(
            at=consents[0]["meta"]["lastUpdated"], Consent=consents
        ).items():
            (landing / name / file).write_bytes(data)
    with duckdb.connect() as connection:
        outcomes = ledger.take_all(
            connection, folder / "landing", agreement=AGREEMENT, clock=lambda: AT
        )
        assert {o.status for o in outcomes} == {"taken"}
        write_tables(connection, AGREEMENT, statements, AT)
        return connection.sql(
            "select distinct client_record_id, said, consent_id "
            "from raw.consent_statements order by all"
        ).fetchall()


def test_a_rebuild_without_the_delivery_that_revoked_brings_nothing_back(tmp_path):
    given_ = _consent(1, "active", "2026-01-05T10:00:00Z")
    taken_back = _consent(1, "inactive", "2026-02-05T10:00:00Z")
    file = tmp_path / "consents.jsonl"
    both = {"fhir_20260106": [given_], "fhir_20260206": [taken_back]}
    first = _built(tmp_path / "first", both, file)
    assert first == [("dph:fhir:p1", "revoked", "con-1")]
    kept = file.read_bytes()
    again = _built(tmp_path / "again", {"fhir_20260106": [given_]}, file)
    assert again == first
    assert file.read_bytes() == kept, "nothing is said twice"


@pytest.mark.parametrize(
    ("reference", "record"),
    [
        ("Patient/p1/_history/2", "dph:fhir:p1"),
        ("https://dph.example/fhir/Patient/pat_7", "dph:fhir:pat_7"),
        ("urn:uuid:6f-1", "dph:fhir:6f-1"),
        ("#p1", None),
    ],
)
def test_a_withdrawal_is_the_patients_that_the_reference_means(
    tmp_path, reference, record
):
    taken_back = _consent(1, "inactive", "2026-02-05T10:00:00Z")
    taken_back["patient"] = {"reference": reference}
    file = tmp_path / "consents.jsonl"
    found = _built(tmp_path / "one", {"fhir_20260206": [taken_back]}, file)
    assert [told for told, _, _ in found] == ([record] if record else [])


def test_no_reason_enters_a_table(tmp_path):
    file = tmp_path / "consents.jsonl"
    add_statements(file, [said(reason="her brother works there")])
    with duckdb.connect() as connection:
        ledger_tables.create(connection)
        write_tables(connection, AGREEMENT, file, AT)
        held = connection.sql("select * from raw.consent_statements").fetchall()
    assert len(held) == 3
    assert "brother" not in str(held)


def test_the_commands_write_what_the_next_run_reads(tmp_path, monkeypatch):
    monkeypatch.setenv("WAREHOUSE_PATH", str(tmp_path / "warehouse.duckdb"))

    def consent(*arguments):
        return CliRunner().invoke(app, ["consent", *arguments])

    who = ("--by", "Ifeoma Nwosu", "--reason", "asked")
    revoked = consent("revoke", "--client-record", "hsh:hmis:7", *who)
    assert "revoked (hmis_roi) for linkage" in revoked.output
    consent(
        "object", "--client-record", "dem:team_log:9", "--purpose", "analysis", *who
    )
    consent("give", "--client-record", "hsh:hmis:7", "--consent", "hmis_roi", *who)
    told = [
        (s.said, s.consent, s.purposes)
        for s in read_statements(tmp_path / "consents.jsonl")
    ]
    assert told == [
        ("revoked", "hmis_roi", ("linkage", "case_conference", "analysis")),
        ("objected", "objection", ("analysis",)),
        ("given", "hmis_roi", ("linkage", "case_conference", "analysis")),
    ]
    assert "dem:team_log:9" in consent("list").output
    refused = consent("object", "--client-record", "nobody", *who)
    assert refused.exit_code == 1
    assert "is no client record id" in refused.output
