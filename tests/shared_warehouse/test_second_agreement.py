"""The same matrix under another agreement, which no city wrote.

DEM left yesterday; departments may plan nothing; nobody reads a zip code, HSH no birth
date, DPH no phone number; clients stay eligible for three years.
"""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from dagster_project.governance.in_force import checked
from dagster_project.places import REPOSITORY
from dagster_project.shared_warehouse.from_agreement import job_of
from dagster_project.shared_warehouse.logins import example_logins
from dagster_project.shared_warehouse.terms import Terms

from .conftest import KEY, Database
from .midday import TODAY
from .small_warehouse import RECORDS, Record
from .test_permission_matrix import DENIED, Oracle

YESTERDAY = TODAY - timedelta(days=1)
CASE = "purposes: [linkage, case_conference]"
CHANGES = (
    ("Emergency Management, joined: 2023-07-01", f"X, left: {YESTERDAY}"),
    (
        "purposes: [case_conference, planning], rows: own_and_shared, "
        "tiers: [identified, marts, public]",
        "purposes: [case_conference], rows: own_and_shared, "
        "tiers: [identified, public]",
    ),
    (
        f"        zip: {{class: quasi, {CASE}}}",
        "        zip: {class: quasi, purposes: [linkage]}",
    ),
    (
        f"dob: {{class: quasi, {CASE}}}",
        f"dob: {{class: quasi, {CASE}, withhold_from: [hsh]}}",
    ),
    (f"{CASE}, withhold_from: [fire]", f"{CASE}, withhold_from: [dph]"),
    ("  months: 12", "  months: 36"),
)


class Second(Oracle):
    """The second agreement's file, read plainly."""

    def sees(self, department: str, record: Record) -> bool:
        """Say whether a department sees a record; whoever left sees none."""
        if department == "dem":
            return False
        is_own = record.department == department
        return is_own or (
            record.department != "dem" and super().sees(department, record)
        )


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    text = (REPOSITORY / "agreement.yaml").read_text()
    for old, new in CHANGES:
        assert old in text, old
        joined = new.replace("X, ", "Emergency Management, joined: 2023-07-01, ")
        text = text.replace(old, joined)
    path = tmp_path_factory.mktemp("second") / "agreement.yaml"
    path.write_text(text)
    return path


@pytest.fixture(scope="module")
def oracle(file: Path) -> Second:
    return Second(file)


@pytest.fixture(scope="module")
def terms(file: Path) -> Terms:
    return job_of(checked(file), KEY).terms


@pytest.fixture(scope="module")
def city(
    new_database: Callable[[], Database], warehouse: Path, file: Path, terms: Terms
) -> Database:
    database = new_database()
    months = job_of(checked(file), KEY).eligible_months
    database.publish(warehouse, terms, eligible_months=months)
    for role in example_logins(terms):
        database.add_login(f"second_{role}", role)
    return database


def test_every_column_of_every_role(city: Database, oracle: Second) -> None:
    tried = set()
    for role in oracle.all_roles():
        with city.logged_in(f"second_{role}") as session:
            for table, column in city.ask(
                "select table_schema || '.' || table_name, column_name::text from "
                "information_schema.columns where table_schema in "
                "('identified', 'marts')"
            ):
                tier, _, name = table.partition(".")
                if column not in oracle.shared[tier].get(name, {}).get("columns", ()):
                    continue
                query = f"select {column} from {table}"
                if oracle.may_select(role, tier, name, column):
                    session.ask(query)
                    tried.add((role, name))
                else:
                    refused = session.refused(query)
                    assert any(word in refused for word in DENIED), (role, query)
    assert {role for role, _ in tried} >= {"hsh", "dph", "fire", "analyst"}
    assert ("hsh", "department_overlap") not in tried


@pytest.mark.parametrize("department", ["dem", "dph", "fire", "hsh"])
def test_rows(city: Database, oracle: Second, department: str) -> None:
    seen = city.ask(
        "select client_record_id from identified.client_records", f"second_{department}"
    )
    expected = {r.id for r in RECORDS if oracle.sees(department, r)}
    assert {record for (record,) in seen} == expected
    assert expected or department == "dem"


def test_what_is_withheld_is_withheld_from_those_named(city: Database) -> None:
    for role, column in (("hsh", "dob"), ("dph", "phone")):
        query = f"select {column} from identified.client_records"
        assert "permission denied" in city.refused(query, f"second_{role}")
    # What nobody may read is not sent.
    assert "not exist" in city.refused("select zip from identified.client_records")
    for role, column in (("fire", "phone"), ("dph", "dob")):
        assert city.ask(
            f"select {column} from identified.client_records", f"second_{role}"
        )


def test_a_case_shows_no_record_of_who_left(city: Database) -> None:
    opened = "select department from open_case('p_{}', 'placement plan for Tuesday')"
    rows = city.ask(opened.format("shared"), "second_case_conference")
    assert sorted(rows) == [("dph",), ("fire",), ("hsh",)]
    # Listed; of two records one is of a department that left.
    assert city.ask(opened.format("two"), "second_case_conference") == [("fire",)]


def test_the_city_s_agreement_after_it_gives_back_what_it_agrees(
    city: Database, warehouse: Path
) -> None:
    ours = job_of(checked(REPOSITORY / "agreement.yaml"), KEY).terms
    done = city.publish(warehouse, ours)
    assert 'fire loses SELECT ("phone") on identified.client_records' in done.told
    assert city.ask("select zip from identified.client_records", "second_fire")
    assert city.ask("select count(*) from marts.department_overlap", "second_hsh")
