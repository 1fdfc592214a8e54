"""Consent as spells of days: against one day at a time, and in every layer."""

import re
import shutil
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.dbt_project.conftest import run_dbt
from tests.dbt_project.raw_tables import insert

FIRST = date(2026, 1, 1)
DAYS = 12
TODAY = FIRST + timedelta(days=8)

day = st.integers(0, DAYS - 1).map(lambda n: FIRST + timedelta(days=n))
ends = st.one_of(st.none(), day)
consents = st.lists(
    st.tuples(st.sampled_from("ab"), st.sampled_from(["permit", "deny"]), ends, ends),
    max_size=5,
)
revoked = st.lists(st.tuples(st.sampled_from("ab"), day), max_size=1)


@pytest.fixture(scope="module")
def compiled(target: Path, warehouse: Path) -> str:
    """Return the query of int_consents, its tables under their bare names."""
    (path,) = (target / "compiled").rglob("intermediate/int_consents.sql")
    return re.sub(r'"\w+"\."\w+"\."(\w+)"', r"\1", path.read_text())


def may_be_used(told, said, on: date) -> bool:
    """Say for one day what the rule says, written the other way round.

    Profiles a and b are one record: whatever either says counts for both.
    """

    def holds(entry, moment: date) -> bool:
        _, _, start, end = entry
        return (start is None or start <= moment) and (end is None or moment <= end)

    alive = [
        entry
        for entry in told
        if entry[1] == "deny"
        or not any(entry[2] is None or entry[2] <= moment for _, moment in said)
    ]
    return all(
        any(entry[1] == "permit" and holds(entry, moment) for entry in alive)
        and not any(entry[1] == "deny" and holds(entry, moment) for entry in alive)
        for moment in (on, TODAY)
    )


@settings(max_examples=120, deadline=None)
@given(told=consents, said=revoked)
def test_spells_hold_exactly_the_days_that_the_rule_allows(compiled, told, said):
    told = [c for c in told if c[2] is None or c[3] is None or c[2] <= c[3]]
    with duckdb.connect() as connection:
        run = connection.execute
        run(
            "create table int_client_record_crosswalk as select unnest(['dph:fhir:a', "
            "'dph:fhir:b']) as source_client_record_id, 'dph:fhir:a' as "
            "client_record_id"
        )
        run(
            "create table stg_governance__agreement_terms as select 'consent:part2' as "
            "term, 'analysis' as subject, 'refused' as value"
        )
        run(
            "create table stg_governance__consent_statements (client_record_id "
            "varchar, consent varchar, purpose varchar, consent_id varchar, "
            "is_refusal boolean, said_on date)"
        )
        run(
            "create table int_data_through as select 'dph_fhir' as feed, "
            f"date '{TODAY}' as data_through"
        )
        run(
            "create table stg_dph__consent (consent_id varchar, patient_id varchar, "
            "status varchar, category_code varchar, provision_type varchar, "
            "valid_from date, valid_to date)"
        )
        for number, (patient, kind, start, end) in enumerate(told):
            run(
                "insert into stg_dph__consent values (?, ?, 'active', '42CFRPart2', "
                "?, ?, ?)",
                [str(number), patient, kind, start, end],
            )
        for patient, moment in said:
            run(
                "insert into stg_governance__consent_statements values (?, 'part2', "
                "'analysis', null, true, ?)",
                [f"dph:fhir:{patient}", moment],
            )
        spells = run(compiled).fetchall()
    for n in range(DAYS):
        on = FIRST + timedelta(days=n)
        inside = [
            spell
            for spell in spells
            if (spell[3] is None or spell[3] <= on)
            and (spell[4] is None or on <= spell[4])
        ]
        assert len(inside) == may_be_used(told, said, on), (on, spells)
    ordered = sorted(spells, key=lambda spell: spell[3] or date.min)
    for earlier, later in pairwise(ordered):
        assert earlier[4] + timedelta(days=1) < later[3], "spells that touch are one"


OBJECTED = "hsh:hmis:100"  # Mele Faʻasoʻa's profile in HMIS


@pytest.fixture(scope="module")
def objected(warehouse, tmp_path_factory):
    """Return a function that asks the tiny city after one client objected.

    All is built anew that reads what clients said, or links; none is of the client.
    """
    folder = tmp_path_factory.mktemp("objected")
    path = Path(shutil.copy(warehouse, folder / "warehouse.duckdb"))
    with duckdb.connect(str(path)) as connection:
        for purpose in ("linkage", "case_conference", "analysis"):
            row = {
                "client_record_id": OBJECTED,
                "consent": "hmis_roi",
                "said": "revoked",
            }
            row |= {"purpose": purpose, "said_on": "2026-06-01", "consent_id": ""}
            insert(connection, "raw.consent_statements", [row])
        connection.execute(
            "delete from linkage.client_links where client_record_id = ?", [OBJECTED]
        )
    run_dbt(
        path,
        folder / "target",
        *("build", "--select", "stg_governance__consent_statements+"),
        "links_by_threshold+",  # of what is linked, only this reads no statement
        *("--exclude-resource-type", "unit_test"),
        *("--indirect-selection", "buildable"),
    )
    connection = duckdb.connect(str(path), read_only=True)
    return lambda sql: connection.execute(sql).fetchall()


def test_what_was_revoked_is_in_no_table_from_the_waist_on(objected, query):
    tables = (
        "select table_schema, table_name, column_name from information_schema.columns "
        "where table_schema in ('intermediate', 'linked', 'marts') "
        "and column_name in ('client_record_id', 'source_client_record_id')"
    )
    knows = {
        "int_objections",  # says that it must not be used
        "int_client_records__hsh",  # what its own department holds, before the waist
        "int_client_records_left_out",  # counts it
        "int_client_record_history",  # which of its department's ids stood for which
        "int_client_record_states",
        "int_contact_reports__hsh",  # each branch as its department reported it
        "int_offers__hsh",
        "int_outcome_events__hsh",
    }
    found = {
        table
        for schema, table, column in objected(tables)
        if objected(f"select 1 from {schema}.{table} where {column} = '{OBJECTED}'")
    }
    assert found <= knows, found - knows
    before = query("select count(*) from intermediate.int_client_records")[0][0]
    after = objected("select count(*) from intermediate.int_client_records")[0][0]
    assert after == before - 1
    assert objected(
        "select reason from intermediate.int_client_records_left_out "
        f"where client_record_id = '{OBJECTED}'"
    ) == [("objected",)]


def test_its_contacts_and_offers_are_gone_too(objected, query):
    for table, key in (
        ("int_contact_reports", "source_report_id"),
        ("int_offers", "offer_id"),
        ("int_outcome_events", "source_event_id"),
    ):
        asked = f"select {key} from intermediate.{table}"
        assert set(objected(asked)) < set(query(asked)), table
