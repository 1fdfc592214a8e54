"""The commands as a privacy officer types them."""

import pytest
from typer.testing import CliRunner

from dagster_project.cli import app
from tests.governance.conftest import OURS


@pytest.fixture
def command():
    def call(*arguments):
        return CliRunner().invoke(app, ["agreement", *map(str, arguments)])

    return call


def test_check_names_file_line_and_cure(command, changed):
    path = changed(("expires: 2028-06-30", "expires: 2020-01-01"))
    result = command("check", path)
    line = path.read_text().splitlines().index("  expires: 2020-01-01") + 1
    assert result.exit_code == 1
    assert f"{path}:{line}: it expires on 2020-01-01" in result.output


def test_check_of_the_projects_own(command):
    result = command("check", "--day", "2026-11-27")
    assert result.exit_code == 0, result.output
    assert "version 1.0 holds" in result.output


def test_diff_says_what_fire_loses(command, changed):
    email = "email: {class: direct, purposes: [linkage, case_conference]}"
    path = changed((email, email[:-1] + ", withhold_from: [fire]}"))
    result = command("diff", OURS, path)
    assert result.output == (
        "Columns\n  - Fire loses email of identified.client_records.\n"
    )


def test_an_analyst_is_shown_no_identifier(command):
    output = command("show", "--role", "analyst").output
    assert "people" in output
    assert not {"first_name", "ssn", "phone"} & set(output.replace(",", " ").split())


def test_fire_does_not_see_what_is_withheld_from_it(command):
    shown = {
        code: command("show", "--role", "department", "--department", code).output
        for code in ("fire", "hsh")
    }
    words = {code: set(text.replace(",", " ").split()) for code, text in shown.items()}
    assert "phone" in words["hsh"]
    assert "phone" not in words["fire"]
    assert "ssn" not in words["hsh"]


def test_unknown_roles_are_named(command):
    result = command("show", "--role", "chef")
    assert result.exit_code == 1
    assert "there are department, case_conference" in result.output


@pytest.mark.parametrize("role", ["analyst", "case_conference", "auditor"])
def test_what_anybody_sees_every_role_is_shown(command, role):
    assert "public_demographics" in command("show", "--role", role).output


def test_a_conference_is_shown_the_list_by_which_it_opens(command):
    output = command("show", "--role", "case_conference").output
    assert "conference_list" in output
    # The database does not know a member's department; nor may the answer.
    assert "not Fire" not in output


def test_the_publisher_is_said_to_read_nothing(command):
    assert "reads none" in command("show", "--role", "publisher").output


def test_a_department_is_asked_of_its_own_role_alone(command):
    result = command("show", "--role", "analyst", "--department", "fire")
    assert result.exit_code == 1
    assert "goes with --role department" in result.output


def test_who_left_is_told_so(command, changed):
    joined = "name: Fire Department, joined: 2023-07-01"
    path = changed((joined, f"{joined}, left: 2024-01-01"))
    asked = ("show", "--role", "department", "--department", "fire", path)
    assert "Fire is no party today" in command(*asked).output


def test_roles_no_database_could_keep_are_found_before_a_release(command, changed):
    path = changed(("  analyst:\n", "  warehouse_owner:\n"), approved=True)
    result = command("check", "--day", "2026-11-28", path)
    assert result.exit_code == 1
    assert "The role warehouse_owner is the database's own" in result.output


def test_approve_writes_into_the_file(command, changed):
    path = changed(("small_cell_minimum: 11", "small_cell_minimum: 12"))
    first = command(
        "approve", "--by", "María-José Ñáñez", "--role", "Director, HSH", path
    )
    assert first.exit_code == 0, first.output
    assert "One more party must" in first.output
    command("approve", "--by", "Ngozi Eze", "--role", "Chief", "--party", "fire", path)
    assert command("check", "--day", "2026-11-27", path).exit_code == 0
    assert "- by: María-José Ñáñez" in path.read_text(encoding="utf-8")
