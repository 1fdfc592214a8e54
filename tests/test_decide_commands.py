"""``throughline decide`` on a warehouse of four invented records."""

import pytest
from typer.testing import CliRunner

from dagster_project.cli import app
from dagster_project.linkage.decision_file import read_decisions
from dagster_project.warehouse import open_warehouse

RECORDS = """
    create schema intermediate;
    create schema linkage;
    create table intermediate.int_client_records as
    select * from (values
        ('hsh:hmis:1', 'Ngozi', 'Okafor', '1980-02-03', '4155550001'),
        ('fire:epcr:2', 'Ngozi', 'Okafor', '1980-02-03', null),
        ('dph:fhir:3', 'N', 'Okafor', null, null),
        ('dem:team_log:4', 'Blue', null, null, null)
    ) as records (client_record_id, first_name, last_name, dob, phone);
    create table intermediate.int_client_record_redirects as
    select 'hsh:hmis:9' as old_client_record_id, 'hsh:hmis:1' as client_record_id;
    create table linkage.client_links as
    select
        client_record_id,
        if(client_record_id = 'dem:team_log:4', 'unlinkable', 'single') as link_status
    from intermediate.int_client_records;
"""
A, B, C, THIN = "hsh:hmis:1", "fire:epcr:2", "dph:fhir:3", "dem:team_log:4"
WHY = ("--reason", "the same scar", "--by", "Nguyễn Thị Hoa")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    path = tmp_path / "warehouse.duckdb"
    monkeypatch.setenv("WAREHOUSE_PATH", str(path))
    with open_warehouse(path) as connection:
        connection.execute(RECORDS)
    (tmp_path / "person_id.key").write_text("00ff" * 16)
    return tmp_path


def decide(*words):
    return CliRunner().invoke(app, ["decide", *words])


def booked(folder):
    return read_decisions(folder / "decisions.jsonl")


def test_a_decision_is_booked_listed_and_withdrawn(folder):
    said = decide("must-link", A, B, *WHY)
    assert (said.exit_code, said.stderr) == (0, "")
    assert "d1 (must-link hsh:hmis:1 / fire:epcr:2) is booked" in said.stdout
    (taken,) = booked(folder)
    assert taken.decided_by == "Nguyễn Thị Hoa" and taken.reason == "the same scar"
    assert taken.left_content.keys() == {"first_name", "last_name", "dob", "phone"}
    listed = decide("list").stdout
    assert "active; decided" in listed and "by Nguyễn Thị Hoa: the same scar" in listed
    assert decide("withdraw", "d1", "--reason", "no", "--by", "Sato").exit_code == 0
    assert "withdrawn" in decide("list").stdout
    assert decide("must-link", A, B, *WHY).exit_code == 0, "may be decided anew"
    assert [d.decision_id for d in booked(folder)] == ["d1", "d2"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("must-link", A, "nobody", *WHY), "There is no client record nobody.\n"),
        (
            ("cannot-link", "hsh:hmis:9", "x", *WHY),
            "There is no client record hsh:hmis:9 (its department merged it into "
            "hsh:hmis:1); x.\n",
        ),
        (
            ("must-link", A, A, *WHY),
            f"Both records are {A}; a decision is about two.\n",
        ),
        (
            ("must-link", A, B, "--reason", " ", "--by", "Sato"),
            "Say why with --reason; an empty reason explains nothing later.\n",
        ),
        (
            ("must-link", A, B, "--reason", "scar", "--by", ""),
            "Say who decides with --by.\n",
        ),
        (
            ("must-link", A, THIN, *WHY),
            f"{THIN} carries too little to be linked to anybody; a must-link could "
            "not hold.\n",
        ),
        (
            ("must-link", B, A, *WHY),
            f"d1 (must-link {A} / {B}) says so already; 'throughline decide confirm "
            "d1' renews it.\n",
        ),
        (
            ("cannot-link", A, C, *WHY),
            f"This contradicts d1 (must-link {A} / {B}), d2 (must-link {B} / {C}); "
            "withdraw one first.\n",
        ),
        (
            ("withdraw", "d9", *WHY),
            "There is no decision d9; 'throughline decide list' shows all.\n",
        ),
    ],
)
def test_a_word_that_cannot_be_booked_is_refused_in_one_sentence(folder, words, said):
    assert decide("must-link", A, B, *WHY).exit_code == 0
    assert decide("must-link", B, C, *WHY).exit_code == 0
    before = (folder / "decisions.jsonl").read_bytes()
    refused = decide(*words)
    assert (refused.exit_code, refused.stdout, refused.stderr) == (1, "", said)
    assert (folder / "decisions.jsonl").read_bytes() == before


def test_a_must_link_against_a_cannot_link_is_refused(folder):
    assert decide("must-link", A, B, *WHY).exit_code == 0
    assert decide("cannot-link", A, C, *WHY).exit_code == 0
    assert decide("must-link", C, B, *WHY).stderr == (
        f"This contradicts d1 (must-link {A} / {B}), d2 (cannot-link {A} / {C}); "
        "withdraw one first.\n"
    )


def test_a_changed_record_is_listed_and_confirmed(folder):
    assert decide("must-link", A, B, *WHY).exit_code == 0
    with open_warehouse(folder / "warehouse.duckdb") as connection:
        connection.execute(
            "update intermediate.int_client_records set dob = '1990-01-01' "
            f"where client_record_id = '{A}'"
        )
    assert "to review, not applied, dob changed" in decide("list").stdout
    assert decide("confirm", "d1", *WHY).stdout.endswith("is confirmed.\n")
    assert "active; decided" in decide("list").stdout
    with open_warehouse(folder / "warehouse.duckdb") as connection:
        connection.execute(
            f"delete from intermediate.int_client_records "
            f"where client_record_id = '{A}'"
        )
    assert "dormant, not applied" in decide("list").stdout
    assert decide("confirm", "d1", *WHY).stderr == (
        f"d1 (must-link {A} / {B}) names {A}, which is gone.\n"
    )


def test_before_the_first_run_there_is_nothing_to_decide(tmp_path, monkeypatch):
    monkeypatch.setenv("WAREHOUSE_PATH", str(tmp_path / "warehouse.duckdb"))
    refused = decide("list")
    assert refused.exit_code == 1 and "run 'throughline run'" in refused.stderr
    assert not any(tmp_path.iterdir())
    with open_warehouse(tmp_path / "warehouse.duckdb"):
        (tmp_path / "person_id.key").write_text("00")
    refused = decide("must-link", A, B, *WHY)
    assert refused.exit_code == 1 and "holds no linked records yet" in refused.stderr


def test_a_file_damaged_by_hand_is_named(folder):
    (folder / "decisions.jsonl").write_text("no entry\n")
    refused = decide("list")
    assert refused.exit_code == 1
    assert refused.stderr.startswith("decisions.jsonl: line 1: ")
