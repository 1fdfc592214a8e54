"""From the sharing agreement to the terms a database can keep.

Belongs here: what purposes, tiers, rows and withholdings come to as readers of columns.
Does not belong here: reading the agreement, SQL.
"""

from datetime import date

from dagster_project.governance.agreement import Agreement
from dagster_project.governance.agreement import Role as AgreedRole
from dagster_project.shared_warehouse.release import Job
from dagster_project.shared_warehouse.terms import (
    CASE_CONFERENCE,
    PUBLISHER,
    Column,
    Party,
    Role,
    Table,
    Terms,
    TermsError,
)

DEPARTMENT = "department"
"""The agreement's role that every department has under its own name."""

EVERYBODY = "public"
"""The agreement's role that needs no login; what it reads, every role reads."""

NEVER_LEFT = date(9999, 12, 31)


def terms_of(agreement: Agreement) -> Terms:
    """Return the terms of an agreement.

    Raises:
        TermsError: It says something no database could keep.
    """
    if PUBLISHER not in agreement.roles:
        raise TermsError(
            f"The agreement has no role {PUBLISHER}, so nobody may fill the shared "
            "database; name it, or do not publish."
        )
    roles = _roles(agreement)
    return Terms(
        agreement=f"{agreement.id} {agreement.version}",
        digest=agreement.sha256,
        effective=agreement.effective,
        expires=agreement.expires,
        parties=tuple(
            Party(party.code, party.joined, party.left or NEVER_LEFT)
            for party in agreement.parties.values()
            if party.is_department
        ),
        roles=tuple(role for role, _ in roles),
        tables=_tables(agreement, roles),
        audit_days=agreement.retention["audit"].days,
    )


def job_of(agreement: Agreement, key: bytes) -> Job:
    """Return what to publish under an agreement, with a key for the pseudonyms.

    Raises:
        TermsError: It says something no database could keep.
    """
    return Job(
        terms_of(agreement),
        key,
        eligible_months=agreement.eligibility.months,
        gated=CASE_CONFERENCE in agreement.eligibility.gates,
    )


def _roles(agreement: Agreement) -> list[tuple[Role, AgreedRole]]:
    """Return the roles of the database with the agreed role each comes from."""
    found = []
    for agreed in agreement.roles.values():
        audit = "audit" in agreed.tiers
        if agreed.name in (PUBLISHER, EVERYBODY):
            continue
        if agreed.name == DEPARTMENT:
            for code in sorted(agreement.departments):
                found.append((Role(code, DEPARTMENT, code, audit), agreed))
            continue
        if "identified" in agreed.tiers and agreed.rows in ("own_and_shared", "all"):
            raise TermsError(
                f"The role {agreed.name} would see rows of clients "
                f"({agreed.rows}) and belongs to no department: in the shared "
                "database only a department's workers and a case conference do."
            )
        opens = "identified" in agreed.tiers and agreed.rows == "opened"
        found.append((Role(agreed.name, agreed.name, None, audit, opens), agreed))
    return found


def _tables(
    agreement: Agreement, roles: list[tuple[Role, AgreedRole]]
) -> tuple[Table, ...]:
    """Return the shared tables of the publisher's tiers with each column's readers."""
    readers: dict[tuple[str, str, str], set[str]] = {}
    for role, agreed in roles:
        for table, fields in agreement.may_see(agreed, role.department):
            if table.tier == "identified" and agreed.rows == "none":
                continue
            for field in fields:
                key = (table.tier, table.name, field.name)
                readers.setdefault(key, set()).add(role.name)
    if EVERYBODY in agreement.roles:
        for table, fields in agreement.may_see(agreement.roles[EVERYBODY]):
            for field in fields:
                key = (table.tier, table.name, field.name)
                readers.setdefault(key, set()).update(role.name for role, _ in roles)
    return tuple(
        Table(
            tier,
            table.name,
            tuple(
                Column(name, frozenset(readers.get((tier, table.name, name), ())))
                for name in table.columns
            ),
        )
        for tier, tables in agreement.shared.items()
        if tier in agreement.roles[PUBLISHER].tiers
        for table in tables.values()
    )
