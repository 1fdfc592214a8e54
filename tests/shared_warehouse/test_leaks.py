"""Ways around row-level security that a reader has, each tried."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from dagster_project.shared_warehouse.logins import EXAMPLES
from dagster_project.shared_warehouse.terms import Table, Terms

from .conftest import Database
from .small_warehouse import RECORDS

HSH, FIRE, ANALYST = EXAMPLES["hsh"], EXAMPLES["fire"], EXAMPLES["analyst"]


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


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("select ctid from identified.client_records", "permission denied"),
        ("select xmin, tableoid from identified.client_records", "permission denied"),
        ("select cmax from identified.client_records", "permission denied"),
        ("select * from held.people", "permission denied for schema"),
        (
            "update identified.client_records set zip = '' returning last_name",
            "permission denied",
        ),
        (
            "merge into identified.client_records as records using (select 1) as one "
            "on true when matched then delete",
            "permission denied",
        ),
        (
            "insert into identified.client_records (client_record_id, department, "
            "visible_to) values ('dph:fhir:3', 'dph', '{}') on conflict do nothing",
            "permission denied",
        ),
        ("select zip from identified.client_records for update", "permission denied"),
        ("create publication p for all tables", "permission denied"),
        ("create subscription s connection '' publication p", "permission denied"),
        ("create extension postgres_fdw", ""),
        ("create foreign data wrapper f", "permission denied"),
        ("create operator === (procedure = int4eq, leftarg = int)", "denied"),
        ("create type identified.t as (a int)", "permission denied"),
        ("create event trigger e on sql_drop execute function f()", ""),
        ("select lo_export(1, '/tmp/leak')", "permission denied"),
        ("copy (select 1) from program 'id'", ""),
        ("copy identified.client_records to stdout", "permission denied"),
        ("select pg_ls_dir('.')", "permission denied"),
        ("select pg_stat_file('PG_VERSION')", "permission denied"),
        ("select pg_current_logfile()", "permission denied"),
        ("select pg_rotate_logfile()", "permission denied"),
        ("show log_directory", "permission denied"),
        ("select * from pg_hba_file_rules", "permission denied"),
        ("select * from pg_statistic_ext_data", "permission denied"),
        ("select * from pg_create_logical_replication_slot('x', 'y')", "permission"),
        ("set session_replication_role = replica", "permission denied"),
        ("load 'auto_explain'", "not allowed"),
        ("alter role current_user set log_min_messages = 'panic'", "permission denied"),
        ("drop owned by hsh", "permission denied"),
        ("grant hsh to " + FIRE, "permission denied"),
        ("comment on table identified.client_records is ''", "must be owner"),
        ("security label on table identified.client_records is ''", ""),
    ],
)
def test_a_reader_is_refused_the_rest_too(
    city: Database, statement: str, told: str
) -> None:
    assert told in city.refused(statement, HSH)


@pytest.mark.parametrize(
    "condition",
    [
        "last_name::int = 1",
        "1 / (length(last_name) - length(last_name)) = 1",
        "last_name::int = 1 and department = 'dph'",
        "coalesce(last_name::date, '2000-01-01') > '2001-01-01'",
    ],
)
def test_an_error_names_no_row_of_others(city: Database, condition: str) -> None:
    visible = city.ask("select last_name from identified.client_records", FIRE)
    others = {
        record.last_name for record in RECORDS if (record.last_name,) not in visible
    }
    assert others
    told = city.refused(
        f"select count(*) from identified.client_records where {condition}", FIRE
    )
    assert not any(name in told for name in others)


@pytest.mark.parametrize(
    "way",
    [
        "begin;;declare c cursor with hold for {};;commit;;set role fire;;fetch all c",
        "prepare p as {};;set role fire;;execute p",
        "set plan_cache_mode = force_generic_plan;;prepare p as {};;execute p",
    ],
)
def test_a_cursor_or_a_plan_outlives_no_policy(city: Database, way: str) -> None:
    query = "select client_record_id from identified.client_records"
    plain = sorted(city.ask(query, FIRE))
    script = way.format(query).replace(";;", ";\n") + ";"
    told = city.psql(script, FIRE).splitlines()
    assert sorted((line,) for line in told if ":" in line) == plain


def test_a_sample_is_one_of_the_reader_s_rows(city: Database) -> None:
    query = "select client_record_id from identified.client_records"
    sampled = city.ask(f"{query} tablesample system (100)", FIRE)
    assert sorted(sampled) == sorted(city.ask(query, FIRE))


def test_the_server_s_other_databases_are_closed(city: Database) -> None:
    for name in ("postgres", "template1"):
        other = replace(city, name=name)
        assert "does not have CONNECT" in other.psql("select 1;", HSH)


def test_other_sessions_queries_are_not_shown(city: Database) -> None:
    with city.logged_in(FIRE) as session:
        session.ask("select 'Thordis' from identified.client_records")
        seen = city.ask("select query from pg_stat_activity", HSH)
    assert not any("Thordis" in (query or "") for (query,) in seen)


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
