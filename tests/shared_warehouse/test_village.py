"""A village from its deliveries to the shared warehouse: the parts as one.

Three people are taken up by the case conference; one only stays nominated, and another
objects before the next run (``tests.next_day``).
"""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import duckdb
import pytest

from dagster_project.encryption import KEY_FILE
from dagster_project.governance.agreement import Agreement
from dagster_project.shared_warehouse import logins
from dagster_project.shared_warehouse.terms import Terms
from tests.commands import anew
from tests.next_day import BY, TEAM, NextDay

from .conftest import Database
from .midday import TODAY

pytestmark = pytest.mark.city

PURPOSE = "placement plan for the conference of Tuesday"
NOT_SHARED = {
    "case_list_states.decided_by": "names a worker, and staff are no purpose",
}
"""Tables of marts, and columns, that are kept back, and why."""


@dataclass(frozen=True)
class Village:
    """A village in the shared warehouse, and four people of it.

    Attributes:
        warehouse: Its DuckDB file, opened to read.
        database: The PostgreSQL it was published to.
        included: Taken up and open.
        assigned: Taken up and given a lead.
        nominated: Nominated only.
        objecting: Taken up; objected since.
        refusal: What was said when the objecting person was to be included again.
    """

    warehouse: duckdb.DuckDBPyConnection
    database: Database
    included: str
    assigned: str
    nominated: str
    objecting: str
    refusal: str

    def ask(self, query: str) -> list[tuple]:
        """Ask the DuckDB file."""
        return self.warehouse.execute(query).fetchall()


@pytest.fixture(scope="module")
def village(
    next_day: NextDay,
    tmp_path_factory: pytest.TempPathFactory,
    new_database: Callable[[], Database],
    terms: Terms,
) -> Iterator[Village]:
    """Yield the village after two runs, published, with a login for each role."""
    home = tmp_path_factory.mktemp("village") / "home"
    shutil.copytree(next_day.home, home)
    around = next_day.environment(home)
    objecting = next_day.people["objecting"]

    def done(*words: str) -> None:
        ran = anew(*words, environment=around)
        assert ran.returncode == 0, ran.stdout + ran.stderr

    done("case", "remove", objecting, "--reason", "declined", *BY)
    done("case", "nominate", objecting, *TEAM, *BY)
    agreed = ("--reason", "agreed_in_conference")
    again = anew("case", "include", objecting, *agreed, *BY, environment=around)
    assert again.returncode == 1
    # The village ends on a day of its own, the shared warehouse on that of midday.
    with next_day.opened(home, read_only=False) as opened:
        opened.execute(
            "update intermediate.int_eligibility set eligible_until = eligible_until "
            "+ greatest(0, date_diff('day', date '2026-06-30', ?::date))::integer",
            [TODAY],
        )
    database = new_database()
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(KEY_FILE, str(next_day.key_file))
        database.publish(home / "warehouse.duckdb", terms)
    for role, login in logins.example_logins(terms).items():
        database.add_login(login, role)
    with next_day.opened(home) as opened:
        yield Village(opened, database, **next_day.people, refusal=again.stderr)


def test_a_case_is_opened_for_whom_the_conference_took_up_and_nobody_else(
    village: Village,
) -> None:
    login = logins.EXAMPLES["case_conference"]
    taken_up = {village.included, village.assigned}
    people = village.ask("select person_id from linkage.persons order by 1")
    assert len(people) > 100
    with village.database.logged_in(login) as session:
        for (person,) in people:
            query = f"select * from open_case('{person}', '{PURPOSE}')"
            if person in taken_up:
                assert len(session.ask(query)) > 1
            else:
                assert "not on the list" in session.refused(query)
        listed = session.ask("select person_id from identified.conference_list")
    assert {person for (person,) in listed} == taken_up


def test_only_the_conference_opens_a_case(village: Village, terms: Terms) -> None:
    query = f"select * from identified.open_case('{village.included}', '{PURPOSE}')"
    for role, login in logins.example_logins(terms).items():
        if role != "case_conference":
            assert "permission denied" in village.database.refused(query, login)


def test_who_objects_is_not_taken_up_again_and_leaves_the_conference_s_tables(
    village: Village,
) -> None:
    assert "objection to case conferences" in village.refusal
    login = logins.EXAMPLES["case_conference"]
    for table in (
        "case_conference_candidates",
        "case_conference_reasons",
        "case_list_states",
    ):
        rows = village.database.ask(f"select person_id from identified.{table}", login)
        shown = {person for (person,) in rows}
        assert {village.included, village.nominated} & shown, table
        assert village.objecting not in shown, table
    still = village.ask(
        "select has_objected, is_eligible, conference_rank from "
        f"marts.case_conference_candidates where person_id = '{village.objecting}'"
    )
    assert still == [(True, False, None)]


def test_only_eligible_people_are_shown_to_the_conference(village: Village) -> None:
    rows = village.database.ask(
        "select is_eligible, count(*) from identified.case_conference_candidates "
        "group by 1",
        logins.EXAMPLES["case_conference"],
    )
    ((is_eligible, shown),) = rows
    assert is_eligible, "who is not does not come"
    ((eligible,),) = village.ask(
        "select count(*) from marts.case_conference_candidates where is_eligible"
    )
    assert 4 < shown <= eligible, "not who is known to a Part 2 programme alone"


def test_everybody_reads_the_public_tables(
    village: Village, agreement: Agreement, terms: Terms
) -> None:
    tables = agreement.shared["public"]
    assert len(tables) == 7
    for login in logins.example_logins(terms).values():
        if login == logins.EXAMPLES["publisher"]:
            continue
        with village.database.logged_in(login) as session:
            for table in tables:
                rows = session.ask(f"select * from public.{table}")
                ((there,),) = village.ask(f"select count(*) from marts.{table}")
                assert len(rows) == there > 0, (login, table)


def test_departments_read_counts_and_analysts_rows(
    village: Village, agreement: Agreement, terms: Terms
) -> None:
    with (
        village.database.logged_in(logins.EXAMPLES["hsh"]) as hsh,
        village.database.logged_in(logins.EXAMPLES["analyst"]) as analyst,
    ):
        for name, table in agreement.shared["marts"].items():
            query = f"select count(*) from marts.{name}"
            ((there,),) = village.ask(query)
            assert analyst.ask(query) == [(there,)], name
            if table.per == "client":
                assert "permission denied" in hsh.refused(query), name
            else:
                assert hsh.ask(query) == [(there,)], name
        for name in agreement.shared["identified"]:
            query = f"select count(*) from identified.{name}"
            assert "permission denied" in analyst.refused(query), name
            if name != "client_records":
                assert "permission denied" in hsh.refused(query), name


def test_every_table_of_the_marts_is_shared_or_kept_back_for_a_reason(
    village: Village, agreement: Agreement
) -> None:
    there = {
        f"{table}.{column}"
        for table, column in village.ask(
            "select table_name, column_name from duckdb_columns() "
            "where schema_name = 'marts'"
        )
    }
    shared = {
        f"{table.name}.{column}"
        for tables in agreement.shared.values()
        for table in tables.values()
        if table.name != "client_records"
        for column in table.columns
    }
    kept_back = {
        name
        for name in there
        if name in NOT_SHARED or name.partition(".")[0] in NOT_SHARED
    }
    assert shared | kept_back == there
    assert not shared & kept_back
