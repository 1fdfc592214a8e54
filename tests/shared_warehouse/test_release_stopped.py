"""What an administrator did to the server stops a release, or is mended by it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from dagster_project.shared_warehouse import logins
from dagster_project.shared_warehouse.steps import PublishError
from dagster_project.shared_warehouse.terms import Terms

from .conftest import Database


def test_a_stranger_s_table_stops_the_release(
    database: Database, warehouse: Path, terms: Terms
) -> None:
    database.ask("create table public.somebody_elses (a int)")
    with pytest.raises(PublishError, match="did not make"):
        database.publish(warehouse, terms)
    assert database.ask("select count(*) from public.somebody_elses") == [(0,)]


@pytest.mark.parametrize("attribute", ["superuser", "bypassrls"])
def test_a_login_above_the_policies_stops_the_release(
    database: Database, warehouse: Path, terms: Terms, attribute: str
) -> None:
    database.publish(warehouse, terms)
    database.add_login("mighty", "fire")
    database.ask(f"alter role mighty {attribute}")
    try:
        with pytest.raises(PublishError, match="mighty is a superuser or bypasses"):
            database.publish(warehouse, terms)
    finally:
        database.ask("drop role mighty")


@pytest.mark.parametrize("beyond", ["pg_read_all_data", "warehouse_owner"])
def test_a_login_with_more_than_its_role_stops_the_release(
    database: Database, warehouse: Path, terms: Terms, beyond: str
) -> None:
    database.publish(warehouse, terms)
    database.add_login("reaching", "fire")
    database.ask(f"grant {beyond} to reaching")
    try:
        with pytest.raises(PublishError, match=f"reaching also has the role {beyond}"):
            database.publish(warehouse, terms)
    finally:
        database.ask("drop role reaching")


def test_a_group_role_that_gained_a_role_loses_it(
    database: Database, warehouse: Path, terms: Terms
) -> None:
    database.publish(warehouse, terms)
    database.ask("grant pg_read_all_data to fire;;alter role fire login")
    done = database.publish(warehouse, terms)
    assert "fire is no member of pg_read_all_data any more" in done.told
    assert "fire is a plain group role again" in done.told


def test_what_was_changed_by_hand_is_mended(
    database: Database, warehouse: Path, terms: Terms
) -> None:
    database.publish(warehouse, terms)
    database.ask(
        "grant select on held.people to fire;;"
        "grant select (zip) on identified.client_records to analyst;;"
        "create or replace function agreement.my_departments() returns text[] "
        "language plpgsql as $$begin return '{hsh,fire,dph,dem}'; end$$;;"
        "alter table identified.client_records alter column zip set statistics 100"
    )
    done = database.publish(warehouse, terms)
    assert "fire loses SELECT on held.people" in done.told
    assert 'analyst loses SELECT ("zip") on identified.client_records' in done.told
    login = database.add_login(logins.EXAMPLES["fire"], "fire")
    assert database.ask("select agreement.my_departments()", login) == [(["fire"],)]
    assert database.publish(warehouse, terms).told == ()


def test_open_databases_of_the_server_are_told(
    new_database: Callable[[], Database], warehouse: Path, terms: Terms
) -> None:
    database = new_database()
    other = new_database()
    told = database.publish(warehouse, terms).warnings
    assert any(f"connect to the database {other.name}" in line for line in told)
    assert not any(f"database {database.name}," in line for line in told)
    assert not any("database postgres," in line for line in told)
