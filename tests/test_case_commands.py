"""``throughline case`` on a warehouse of five invented people."""

import pytest
from typer.testing import CliRunner

from dagster_project.case_conference.list_file import read_case_list
from dagster_project.cli import app
from dagster_project.warehouse import open_warehouse

KNOWN = """
    create schema intermediate; create schema linkage; create schema linked;
    create table linkage.persons as
    select unnest(['p_mele', 'p_hanh', 'p_jose', 'p_ifeoma']) as person_id;
    create table linkage.client_links as
    select * from (values
        ('hsh:1', 'p_mele'), ('fire:1', 'p_mele'), ('hsh:2', 'p_hanh'),
        ('d:3', 'p_jose'), ('d:4', 'p_ifeoma')
    ) as links (client_record_id, person_id);
    create table linkage.identity_events as
    select * from (values
        (1, timestamp '2026-01-01', 'link', 'p_mele', 'hsh:1'),
        (2, timestamp '2026-01-01', 'link', 'p_wei', 'fire:1'),
        (3, timestamp '2026-01-01', 'link', 'p_hanh', 'hsh:2'),
        (4, timestamp '2026-01-01', 'link', 'p_jose', 'd:3'),
        (7, timestamp '2026-01-01', 'link', 'p_ifeoma', 'd:4'),
        (5, timestamp '2026-02-01', 'unlink', 'p_wei', 'fire:1'),
        (6, timestamp '2026-02-01', 'link', 'p_mele', 'fire:1')
    ) as moves (event_id, "at", kind, person_id, client_record_id);
    create table intermediate.int_teams as
    select * from (values
        ('EMS6', null), ('OCC', null), ('SWRT', date '2023-03-04')
    ) as teams (team_code, valid_to);
    create table intermediate.int_data_through as
    select 'overall' as feed, date '2026-06-30' as data_through;
    create table linked.conference_people as
    select * from (values
        ('p_mele', true, false, date '2026-06-01', date '2027-06-01'),
        ('p_hanh', false, false, date '2025-06-29', date '2026-06-29'),
        ('p_jose', false, false, null, null),
        ('p_ifeoma', false, true, date '2026-06-02', date '2027-06-02')
    ) as people (
        person_id, is_eligible, has_objected, last_homeless_on, eligible_until
    )
    cross join intermediate.int_data_through;
"""
BY = ("--by", "amina.k")
NOMINATE = ("--reason", "high_use", "--team", "EMS6", *BY)
INCLUDE = ("--reason", "agreed_in_conference", *BY)
ASSIGN = ("--reason", "fits_the_need", "--team", "OCC", *BY)


@pytest.fixture
def folder(tmp_path, monkeypatch):
    path = tmp_path / "warehouse.duckdb"
    monkeypatch.setenv("WAREHOUSE_PATH", str(path))
    with open_warehouse(path) as connection:
        connection.execute(KNOWN)
    return tmp_path


def case(*words):
    return CliRunner().invoke(app, ["case", *words])


def test_a_warehouse_of_an_older_release_is_told_in_a_sentence(folder):
    assert case("nominate", "p_mele", *NOMINATE).exit_code == 0
    with open_warehouse(folder / "warehouse.duckdb") as connection:
        connection.execute("alter table linked.conference_people drop is_eligible")
    done = case("include", "p_mele", *INCLUDE)
    assert done.exit_code == 1
    assert "is of an older release; run 'throughline run' first" in done.stderr


def test_a_person_goes_onto_the_list_gets_a_lead_and_leaves_it(folder):
    for words, said in (
        (("nominate", "p_mele", *NOMINATE), "L1 (p_mele, nominated since"),
        (("include", "p_mele", *INCLUDE), "L1 (p_mele, included since"),
        (("assign", "p_mele", *ASSIGN), "L1 (p_mele, assigned to OCC since"),
        (("remove", "p_mele", "--reason", "housed", *BY), "L1 (p_mele, removed since"),
        (("nominate", "p_mele", *NOMINATE), "L2 (p_mele, nominated since"),
    ):
        done = case(*words)
        assert (done.exit_code, done.stderr) == (0, "")
        assert done.stdout.startswith(said)
    listed = case("list").stdout
    assert "assign: fits_the_need, OCC (by amina.k)" in listed
    assert "1 on the list, 2 ever" in listed
    actions = [e.action for e in read_case_list(folder / "case_list.csv")["L1"].entries]
    assert actions == ["nominate", "include", "assign", "remove"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("nominate", "p_nobody", *NOMINATE), "There is no person p_nobody.\n"),
        (
            ("nominate", "p_wei", *NOMINATE),
            "p_wei is no person any more: its records are those of p_mele today.\n",
        ),
        (
            ("nominate", "p_jose", "--reason", "high_use", "--team", "SWRT", *BY),
            "There is no team SWRT today; there are EMS6, OCC.\n",
        ),
        (
            ("include", "p_hanh", *INCLUDE),
            "p_hanh cannot be included: homelessness was last shown on 2025-06-29, "
            "which let departments talk until 2026-06-29, and the data reach "
            "2026-06-30. WIC 18999.8 lets departments talk only about who showed it in "
            "the months before that the agreement names.\n",
        ),
        (
            ("include", "p_ifeoma", *INCLUDE),
            "p_ifeoma cannot be included: an objection to case conferences is known of "
            "the person, or of a record of theirs.\n",
        ),
        (
            ("include", "p_jose", *INCLUDE),
            "p_jose is not on the list; nominate first.\n",
        ),
        (
            ("remove", "p_hanh", "--reason", "Hạnh moved away", *BY),
            "'Hạnh moved away' is no reason to remove. Reasons are a closed list",
        ),
    ],
)
def test_what_may_not_be_booked_is_refused_and_the_file_stays(folder, words, said):
    for person in ("p_hanh", "p_ifeoma"):
        assert case("nominate", person, *NOMINATE).exit_code == 0
    before = (folder / "case_list.csv").read_bytes()
    refused = case(*words)
    assert (refused.exit_code, refused.stdout) == (1, "")
    assert refused.stderr.startswith(said)
    assert (folder / "case_list.csv").read_bytes() == before


def test_a_listing_whose_person_was_linked_to_another_is_shown_and_goes_on(folder):
    (folder / "case_list.csv").write_text(
        "L1,nominate,p_wei,high_use,EMS6,sato,2026-01-15T10:00:00+00:00\n"
    )
    assert "For review, merged: p_wei is p_mele today." in case("list").stdout
    assert (
        "on the list already: L1 (p_wei" in case("nominate", "p_mele", *NOMINATE).stderr
    )
    assert case("include", "p_mele", *INCLUDE).exit_code == 0
    assert "For review" not in case("list").stdout, "the person is named anew"


def test_before_the_first_run_there_is_nobody_to_list(tmp_path, monkeypatch):
    monkeypatch.setenv("WAREHOUSE_PATH", str(tmp_path / "none.duckdb"))
    assert "There is no warehouse at" in case("list").stderr
    with open_warehouse(tmp_path / "none.duckdb") as connection:
        connection.execute("select 1")
    refused = case("nominate", "p_mele", *NOMINATE)
    assert refused.stderr.startswith("The warehouse holds no case conference yet")
