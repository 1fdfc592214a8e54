"""Ways around row-level security that need an administrator's mistake.

The administrator makes them here: the guard must refuse them, or they open nothing.
"""

from collections.abc import Callable
from pathlib import Path

import pytest

from dagster_project.shared_warehouse.logins import EXAMPLES
from dagster_project.shared_warehouse.terms import Terms

from .conftest import Database

HSH, FIRE, ANALYST = EXAMPLES["hsh"], EXAMPLES["fire"], EXAMPLES["analyst"]


@pytest.fixture(scope="module")
def ruined(
    new_database: Callable[[], Database], warehouse: Path, terms: Terms
) -> Database:
    """Return a published database in which administrators make mistakes."""
    database = new_database()
    database.publish(warehouse, terms)
    for role in ("hsh", "fire", "analyst"):
        database.add_login(EXAMPLES[role], role)
    database.ask("create schema reports;;grant usage on schema reports to public")
    return database


VIEW = "as select * from identified.client_records"


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        (f"create view identified.v {VIEW}", "security_invoker"),
        (f"create view reports.v {VIEW}", "security_invoker"),
        (f"create view marts.v {VIEW}", "security_invoker"),
        (f"create materialized view identified.v {VIEW}", "Materialized view"),
        (f"create materialized view reports.v {VIEW}", "security_invoker"),
        ("create table identified.t (a int)", "FORCE ROW LEVEL SECURITY"),
        (f"create table identified.t {VIEW}", "FORCE ROW LEVEL SECURITY"),
        (
            "create table identified.t (like identified.client_records including all)",
            "FORCE ROW LEVEL SECURITY",
        ),
        (
            "select * into identified.t from identified.client_records",
            "FORCE ROW LEVEL SECURITY",
        ),
        (
            "create table identified.t (department text) "
            "partition by list (department)",
            "FORCE ROW LEVEL SECURITY",
        ),
        (
            "create table reports.t () inherits (identified.client_records)",
            "Partition(s) or children",
        ),
        (
            "alter table identified.client_records no force row level security",
            "FORCE ROW LEVEL SECURITY",
        ),
        (
            "alter table identified.client_records disable row level security",
            "FORCE ROW LEVEL SECURITY",
        ),
        (
            "alter policy department_reads on identified.client_records using (true)",
            "Policies are made from the sharing agreement",
        ),
        (
            "create policy all_see on identified.client_records using (true)",
            "no agreement asks for",
        ),
        ("grant select on identified.client_records to public", "everybody"),
        ("grant select (zip) on identified.client_records to public", "everybody"),
        (
            "create function reports.f() returns setof identified.client_records "
            "language sql security definer as 'select * from "
            "identified.client_records'",
            "owner's rights",
        ),
        (
            "create rule r as on insert to identified.client_records do also notify x",
            "rule",
        ),
    ],
)
def test_a_mistake_is_refused(ruined: Database, statement: str, told: str) -> None:
    assert told in ruined.refused(statement)


def test_a_copy_is_not_swapped_in(ruined: Database) -> None:
    ruined.ask(f"create table reports.copied {VIEW}")
    refused = ruined.refused(
        "begin;;alter table identified.client_records rename to old_records;;"
        "alter table reports.copied rename to client_records;;"
        "alter table reports.client_records set schema identified;;commit"
    )
    assert "schema identified" in refused
    ruined.ask("drop table reports.copied")


def test_a_view_over_a_view_is_refused(ruined: Database) -> None:
    ruined.ask(f"create view reports.inner_view with (security_invoker = true) {VIEW}")
    refused = ruined.refused(
        "create view reports.outer_view as select * from reports.inner_view"
    )
    assert "security_invoker" in refused
    refused = ruined.refused("alter view reports.inner_view reset (security_invoker)")
    assert "security_invoker" in refused
    ruined.ask("drop view reports.inner_view")


def test_a_view_that_asks_as_its_reader_shows_the_readers_rows(
    ruined: Database,
) -> None:
    ruined.ask(
        "create view reports.mine with (security_invoker = true) as select "
        "client_record_id from identified.client_records;;"
        "grant select on reports.mine to fire"
    )
    direct = "select client_record_id from identified.client_records"
    assert sorted(ruined.ask("select * from reports.mine", FIRE)) == sorted(
        ruined.ask(direct, FIRE)
    )
    ruined.ask("drop view reports.mine")


def test_the_owner_of_the_table_sees_no_row(ruined: Database) -> None:
    rows = ruined.ask(
        "set role warehouse_owner;;select count(*) from identified.client_records"
    )
    assert rows == [(0,)]


def test_a_mart_s_condition_runs_before_a_reader_s(ruined: Database) -> None:
    """Also where an administrator lets analysts make functions, the barrier holds."""
    ruined.ask(
        f"grant temp on database {ruined.name} to analyst;;"
        "grant usage on language plpgsql to analyst;;"
        "create or replace function agreement.agreement_active() returns boolean "
        "language plpgsql stable as 'begin return false; end'"
    )
    leak = (
        "create function pg_temp.leak(text) returns bool language plpgsql "
        "cost 0.0000001 as $$begin raise exception 'leaked %', $1; end$$;;"
        "select count(*) from marts.people where pg_temp.leak(age_band)"
    )
    assert ruined.ask(leak, ANALYST) == [(0,)]
