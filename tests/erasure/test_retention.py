"""The agreement's clocks: whose time is up, counted and never named."""

from datetime import date, datetime

import duckdb
import pytest

from dagster_project.departments import ledger_tables
from dagster_project.erasure import retention
from dagster_project.erasure.carrying_out import carry_out
from dagster_project.erasure.orders import open_orders
from dagster_project.erasure.register import KEY_FILE, read
from dagster_project.governance.agreement import Retention
from dagster_project.governance.in_force import projects_agreement
from dagster_project.places import Places
from dagster_project.warehouse import SETTINGS

TODAY = date(2026, 7, 5)
LAST = {"raw": date(2021, 7, 6), "marts": date(2019, 7, 7)}
ROWS = """
    create schema intermediate;
    create schema linkage;
    create table intermediate.int_client_records as
    select
        client_record_id, department, first_name, last_name, dob,
        cast(null as varchar) as ssn,
        cast(seen_on as date) as first_seen_on, cast(seen_on as date) as last_seen_on,
        cast(seen_on as timestamp) as updated_at
    from (values
        ('hsh:hmis:1', 'hsh', 'Nguyễn', 'Hạnh', '1975-01-01', '2018-01-01'),
        ('fire:epcr:R1', 'fire', 'Hanh', 'Nguyen', '1975-01-01', '2020-01-01'),
        ('hsh:hmis:2', 'hsh', 'José', 'de la Cruz', '1990-02-03', '2018-01-01'),
        ('fire:epcr:R2', 'fire', 'Jose', 'Cruz', '1990-02-03', '2026-01-01'),
        ('hsh:hmis:3', 'hsh', 'Amina', 'al-Karim', '1988-08-08', '2017-01-01'),
        ('hsh:hmis:4', 'hsh', 'Oyelaran', 'Adé', '1960-05-05', '2017-01-01'),
        ('hsh:hmis:5', 'hsh', 'Þóra', 'Jónsdóttir', '1961-05-05', '2017-01-01'),
        ('hsh:hmis:6', 'hsh', 'Wei', 'Zhang', '1962-05-05', '2017-01-01'),
        ('hsh:hmis:7', 'hsh', 'Mele', 'Faʻasoʻa', '1963-05-05', '2021-07-06')
    ) as told (client_record_id, department, first_name, last_name, dob, seen_on);
    create table intermediate.int_offers as
    select 'hsh:hmis:3' as client_record_id, date '2026-02-02' as offered_on,
        cast(null as date) as fulfilled_on;
    create table intermediate.int_outcome_events as
    select 'hsh:hmis:4' as client_record_id, date '2026-02-02' as occurred_on;
    create table intermediate.int_stays as
    select 'hsh:hmis:5' as client_record_id, cast(null as date) as left_on;
    create table intermediate.int_client_record_history (
        source_client_record_id text, client_record_id text, is_current boolean
    );
    create table intermediate.int_client_record_crosswalk (
        source_client_record_id text, client_record_id text
    );
    insert into intermediate.int_client_record_crosswalk
    values ('hsh:hmis:1old', 'hsh:hmis:1'), ('hsh:hmis:1', 'hsh:hmis:1');
    create table linkage.client_links (client_record_id text, person_id text);
    insert into linkage.client_links values
        ('hsh:hmis:1', 'p_hanh'), ('fire:epcr:R1', 'p_hanh'),
        ('hsh:hmis:2', 'p_jose'), ('fire:epcr:R2', 'p_jose');
"""
TOUCHED = """
    insert into raw.hsh_enrollment (PersonalID, DateUpdated, _delivery_id, _row_number)
    values ('6', '2026-06-01 10:00:00', 'd', 1), ('1', '2018-01-01 10:00:00', 'd', 2)
"""
"""A department touched an enrolment of hsh:hmis:6 a month ago."""


@pytest.fixture
def here(tmp_path) -> Places:
    (tmp_path / KEY_FILE).write_text("ab" * 32)
    here = Places(tmp_path / "landing", tmp_path / "warehouse.duckdb")
    with duckdb.connect(str(here.warehouse), config=SETTINGS) as connection:
        ledger_tables.create(connection)
        connection.execute(ROWS)
        connection.execute(TOUCHED)
    return here


@pytest.fixture
def connection(here):
    with duckdb.connect(str(here.warehouse), config=SETTINGS) as connection:
        yield connection


def test_the_clock_runs_from_the_last_contact_of_the_person(connection) -> None:
    """Contacts, offers, outcomes, open stays, other records and touches count."""
    found = retention.ended(connection, LAST, TODAY)
    assert [(e.client_record_id, e.tiers) for e in found] == [
        ("fire:epcr:R1", ("raw",)),
        ("hsh:hmis:1", ("raw",)),
    ]
    assert retention.counts(found) == {("fire", "raw"): 1, ("hsh", "raw"): 1}
    longer = retention.ended(connection, {"raw": date(2021, 7, 7)}, TODAY)
    assert "hsh:hmis:7" in [e.client_record_id for e in longer]


def test_the_clocks_are_those_of_the_agreement() -> None:
    agreement = projects_agreement(TODAY)
    last = retention.last_days(agreement, TODAY)
    days = {tier: (TODAY - day).days for tier, day in last.items()}
    assert days == {"raw": 1825, "identified": 1825, "marts": 2555}
    assert Retention(3650, False) == agreement.retention["public"]


def test_what_is_due_is_erased_before_the_next_tables_are_built(
    here, connection
) -> None:
    agreement = projects_agreement(TODAY)
    now = datetime(2026, 7, 5, 12)
    order = retention.open_order(connection, here, agreement, now)
    assert order.client_records == ("fire:epcr:R1", "hsh:hmis:1", "hsh:hmis:1old")
    assert (order.persons, order.kind) == (("p_hanh",), "retention")
    (done,) = carry_out(connection, here)
    assert done.erased == {"hsh_enrollment": {"d": 1}}
    kept = connection.sql("select PersonalID from raw.hsh_enrollment").fetchall()
    assert kept == [("6",)]
    assert len(open_orders(here.warehouse.parent)) == 1


def test_who_comes_back_before_the_next_run_is_not_erased(here, connection) -> None:
    agreement = projects_agreement(TODAY)
    retention.open_order(connection, here, agreement, datetime(2026, 7, 5, 12))
    connection.execute(
        "insert into raw.hsh_enrollment (PersonalID, DateUpdated, _delivery_id, "
        "_row_number) values ('1', '2026-07-05 18:00:00', 'e', 1)"
    )
    assert carry_out(connection, here) == []
    assert open_orders(here.warehouse.parent) == []
    assert read(here.warehouse.parent) is None
    assert connection.sql("select count(*) from raw.hsh_enrollment").fetchone() == (3,)


def test_nobodys_time_is_up_before_the_first_run(tmp_path) -> None:
    with duckdb.connect(config=SETTINGS) as empty:
        assert retention.ended(empty, LAST, TODAY) == []
