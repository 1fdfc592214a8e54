"""Every role, table, column and kind of row, tried with a real login.

What is expected is worked out here from the agreement's own file, by other code than
the compiler's.
"""

from datetime import date
from pathlib import Path

import adbc_driver_postgresql.dbapi as postgres
import pytest
import yaml

from dagster_project.places import REPOSITORY
from dagster_project.shared_warehouse import logins
from dagster_project.shared_warehouse.terms import Terms

from .conftest import Database
from .midday import TODAY
from .small_warehouse import RECORDS, Record

DENIED = ("permission denied", "does not exist")
GENERATED = {
    "identified.conference_list": ("person_id", "eligible_until"),
    "audit.events": ("at", "login", "kind", "person_id", "purpose", "n_rows"),
    "audit.who_read_what": ("at", "login", "relation", "statement"),
    "public.releases": ("release_id", "published_at", "agreement"),
    "held.people": ("person_id__analyst", "age_band"),
    "held.contacts": ("contact_id__analyst", "department"),
}


class Oracle:
    """The agreement's file, read plainly."""

    def __init__(self, path: Path) -> None:
        content = yaml.safe_load(path.read_text())
        self.roles = content["roles"]
        self.shared = content["shared"]
        self.months = content["eligibility"]["months"]
        self.departments = {
            code
            for code, party in content["parties"].items()
            if party.get("is_department")
        }

    def all_roles(self) -> list[str]:
        """Return every role a login can have."""
        others = set(self.roles) - {"department", "public"}
        return sorted(others | self.departments)

    def agreed(self, role: str) -> dict:
        """Return what the file says about a role."""
        return self.roles["department" if role in self.departments else role]

    def may_select(self, role: str, tier: str, table: str, column: str) -> bool:
        """Say whether a role may select a column at all."""
        rule = self.agreed(role)
        if role == "publisher" or tier not in rule["tiers"]:
            return False
        if tier == "identified" and rule["rows"] == "none":
            return False
        if table == "client_records" and rule["rows"] == "opened":
            return False
        field = self.shared[tier][table]["columns"][column]
        if role in field.get("withhold_from", ()):
            return False
        return bool(set(field["purposes"]) & set(rule["purposes"]))

    def sees(self, department: str, record: Record) -> bool:
        """Say whether a department sees a record."""
        if record.department == department:
            return True
        mine = [
            other
            for other in RECORDS
            if other.person == record.person and other.department == department
        ]
        if record.person is None or not mine:
            return False
        seen = [r.seen for r in RECORDS if r.person == record.person and r.seen]
        years, months = divmod(TODAY.month - 1 - self.months, 12)
        floor = date(TODAY.year + years, months + 1, 1)
        if not seen or max(seen) < floor:
            return False
        return record.part2 in (None, "consented")


ORACLE = Oracle(REPOSITORY / "agreement.yaml")


def test_every_role_of_the_agreement_has_a_login(city: Database, terms: Terms) -> None:
    made = {role.name for role in terms.roles} | {"publisher"}
    assert made == set(ORACLE.all_roles())
    assert set(logins.example_logins(terms)) == made


@pytest.mark.parametrize("role", ORACLE.all_roles())
@pytest.mark.parametrize("tier", ["identified", "marts"])
def test_columns_as_agreed(city: Database, terms: Terms, role: str, tier: str) -> None:
    present = set(
        city.ask(
            "select table_name::text, column_name::text from "
            f"information_schema.columns where table_schema = '{tier}'"
        )
    )
    with city.logged_in(logins.example_logins(terms)[role]) as session:
        for table, rule in ORACLE.shared[tier].items():
            for column in rule["columns"]:
                query = f"select {column} from {tier}.{table}"
                if not ORACLE.may_select(role, tier, table, column):
                    refused = session.refused(query)
                    assert any(word in refused for word in DENIED), query
                elif (table, column) in present:
                    session.ask(query)


def test_all_agreed_columns_that_there_are_were_tried(city: Database) -> None:
    rows = city.ask(
        "select table_name::text, count(*) from information_schema.columns "
        "where table_schema = 'marts' group by 1"
    )
    assert dict(rows) == {"contacts": 4, "people": 7, "department_overlap": 3}


@pytest.mark.parametrize("role", ORACLE.all_roles())
def test_what_is_not_in_the_agreement(city: Database, terms: Terms, role: str) -> None:
    expected = {
        "audit": "audit" in ORACLE.agreed(role)["tiers"],
        "identified": ORACLE.agreed(role)["rows"] == "opened",
        "public": True,
        "held": role == "publisher",  # by its membership in the marts' owner
    }
    with city.logged_in(logins.example_logins(terms)[role]) as session:
        for table, columns in GENERATED.items():
            for column in columns:
                query = f"select {column} from {table}"
                if expected[table.partition(".")[0]]:
                    session.ask(query)
                else:
                    assert "permission denied" in session.refused(query)
        for query in (
            "select visible_to from identified.client_records",
            "select shared_until from identified.client_records",
            "select ssn from identified.client_records",
            "select * from identified.client_records",
            "select not_agreed from marts.contacts",
            "select n from marts.unnamed",
        ):
            refused = session.refused(query)
            assert any(word in refused for word in DENIED), query


@pytest.mark.parametrize("department", sorted(ORACLE.departments))
def test_rows_as_agreed(city: Database, terms: Terms, department: str) -> None:
    seen = city.ask(
        "select client_record_id, first_name, last_name from identified.client_records",
        logins.example_logins(terms)[department],
    )
    assert sorted(seen) == sorted(
        (record.id, record.first_name, record.last_name)
        for record in RECORDS
        if ORACLE.sees(department, record)
    )


WRITES = (
    "insert into {table} (person_id) values ('p_alone')",
    "update {table} set person_id = 'x'",
    "delete from {table}",
    "truncate {table}",
    "alter table {table} disable row level security",
    "drop table {table}",
    "create index on {table} (person_id)",
    "create trigger t before insert on {table} execute function f()",
    "comment on table {table} is 'mine'",
)
TABLES = (
    "identified.client_records",
    "identified.conference_list",
    "identified.case_list_states",
    "audit.events",
)


@pytest.mark.parametrize("role", ORACLE.all_roles())
def test_nobody_writes(city: Database, terms: Terms, role: str) -> None:
    denied = ("permission denied", "must be owner", "no privileges", "does not exist")
    with city.logged_in(logins.example_logins(terms)[role]) as session:
        for table in TABLES:
            for write in WRITES:
                if role == "publisher" and write.startswith(("insert", "delete")):
                    continue  # it fills them, and adds events: test_release
                statement = write.format(table=table)
                refused = session.refused(statement)
                assert any(word in refused for word in denied), statement


@pytest.mark.parametrize("role", ORACLE.all_roles())
def test_nobody_passes_rights_on(city: Database, terms: Terms, role: str) -> None:
    rights = (
        "select relname::text, relacl::text from pg_class where relnamespace in "
        "('identified'::regnamespace, 'audit'::regnamespace) order by 1"
    )
    before = city.ask(rights)
    with city.logged_in(logins.example_logins(terms)[role]) as session:
        for table in TABLES:
            # PostgreSQL only warns whoever holds some right on the table itself.
            try:
                session.ask(f"grant select on {table} to public")
            except postgres.Error as error:
                assert "permission denied" in str(error)
    assert city.ask(rights) == before
