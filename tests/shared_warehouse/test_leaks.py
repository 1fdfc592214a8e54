"""Each known way around row-level security, tried.

Those that need an administrator's mistake are made by the administrator: the guard must
refuse them. Those that need none are tried as a reader.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dagster_project.shared_warehouse.logins import EXAMPLES
from dagster_project.shared_warehouse.terms import Table, Terms

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


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("create temp table t (a int)", "permission denied to create temporary"),
        (
            "create function pg_temp.leak(text) returns bool language plpgsql "
            "cost 0.0000001 as $$begin raise notice '%', $1; return true; end$$",
            "permission denied",
        ),
        ("do $$begin raise notice 'x'; end$$", "permission denied for language"),
        ("create table public.t (a int)", "permission denied for schema"),
        ("create table marts.t (a int)", "permission denied for schema"),
        ("create schema mine", "permission denied for database"),
        ("create view marts.v as select 1 as n", "permission denied for schema"),
        (
            "set row_security = off;;select zip from identified.client_records",
            "query would be affected by row-level security",
        ),
        ("set role dph", "permission denied to set role"),
        ("set role warehouse_owner", "permission denied to set role"),
        ("set role case_reader", "permission denied to set role"),
        ("set session authorization postgres", ""),
        ("copy (select 1) to program 'id'", "permission denied to COPY"),
        ("copy (select 1) to '/tmp/leak'", "permission denied to COPY"),
        ("select pg_read_file('PG_VERSION')", "permission denied for function"),
        ("select * from pg_ls_logdir()", "permission denied for function"),
        ("select lo_create(0)", "permission denied for function"),
        ("select lo_from_bytea(0, 'x')", "permission denied for function"),
        ("select lo_import('/etc/hostname')", "permission denied for function"),
        ("create extension dblink", ""),
        ("select passwd from pg_shadow", "permission denied"),
        ("select rolpassword from pg_authid", "permission denied"),
        ("alter role current_user superuser", "permission denied"),
        ("begin;;lock table identified.client_records", "permission denied"),
        ("select * from audit.log_lines()", "permission denied"),
        ("select * from identified.open_case('p_two', 'ten letters')", "denied"),
        (
            "insert into identified.client_records (client_record_id, department, "
            "visible_to) values ('dph:fhir:3', 'dph', '{}')",
            "permission denied",
        ),
    ],
)
def test_a_reader_is_refused(city: Database, statement: str, told: str) -> None:
    assert told in city.refused(statement, HSH)


def test_a_setting_makes_nobody_another(city: Database) -> None:
    query = "select client_record_id from identified.client_records"
    plain = sorted(city.ask(query, FIRE))
    for setting in (
        "set app.department = 'dph'",
        "set search_path = pg_temp, pg_catalog",
        "set session.role = 'dph'",
        "set plan_cache_mode = force_generic_plan",
        "set enable_seqscan = off",
    ):
        assert sorted(city.ask(f"{setting};;{query}", FIRE)) == plain


@pytest.mark.parametrize("zone", ["UTC+167", "UTC-167", "Pacific/Kiritimati"])
def test_a_time_zone_moves_no_day(city: Database, zone: str) -> None:
    query = "select client_record_id from identified.client_records"
    plain = sorted(city.ask(query, FIRE))
    assert sorted(city.ask(f"set timezone = '{zone}';;{query}", FIRE)) == plain


def test_statistics_tell_nothing(city: Database) -> None:
    city.ask("analyze")
    for login in (HSH, ANALYST):
        assert city.ask(
            "select count(*) from pg_stats where schemaname in ('identified', 'held')",
            login,
        ) == [(0,)]
    assert city.ask(
        "select count(*) from pg_stats where schemaname = 'identified'"
    ) == [(0,)]


def test_estimates_are_the_same_for_any_name(city: Database) -> None:
    """EXPLAIN estimates from statistics of all rows, and there are none."""
    city.ask("analyze")
    plans = {
        city.psql(
            "explain select from identified.client_records "
            f"where last_name = '{name}';",
            HSH,
        ).replace(name, "?")
        for name in ("Mensah", "Nobody", "Шевченко")
    }
    assert len(plans) == 1
    assert "rows=" in plans.pop()


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


def test_two_families_are_one_too_many(city: Database) -> None:
    city.add_login("doubled", "analyst")
    city.ask("grant hsh to doubled")
    refused = city.refused("select person_id from marts.people", "doubled")
    assert "roles of several families" in refused
    city.ask("revoke hsh from doubled")


def with_departments(table: Table) -> Table:
    """Return a mart that departments read as well as analysts."""
    if table.name not in ("people", "contacts"):
        return table
    columns = (
        replace(column, readers=column.readers | {"hsh", "fire"})
        for column in table.columns
    )
    return replace(table, columns=tuple(columns))


def test_pseudonyms_differ_by_family_and_join_within(
    new_database: Callable[[], Database], warehouse: Path, terms: Terms
) -> None:
    city = new_database()
    city.publish(
        warehouse, replace(terms, tables=tuple(map(with_departments, terms.tables)))
    )
    for role in ("analyst", "hsh", "fire"):
        city.add_login(EXAMPLES[role], role)
    query = "select person_id from marts.people order by 1"
    analyst, hsh, fire = (city.ask(query, each) for each in (ANALYST, HSH, FIRE))
    assert hsh == fire
    assert not set(analyst) & set(hsh)
    joined = city.ask(
        "select count(*) from marts.contacts join marts.people using (person_id)",
        ANALYST,
    )
    assert joined == [(len(analyst),)]
    real = city.ask("select person_id from identified.client_records", HSH)
    assert not set(real) & (set(hsh) | set(analyst))
