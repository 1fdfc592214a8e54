"""``identified.client_records``: its columns, policies and readers.

Belongs here: who sees which client record and which column of it, as PostgreSQL keeps
it. Does not belong here: which departments a record is shown to (``visibility``).
"""

from dagster_project.shared_warehouse.city_day import today_once_sql, today_sql
from dagster_project.shared_warehouse.desired import Grant, Piece, Shape, literal
from dagster_project.shared_warehouse.terms import (
    CASE_CONFERENCE,
    KEYS,
    PUBLISHER,
    Terms,
)

NAME = "identified.client_records"
VISIBLE_TO = "visible_to"
"""Departments that see the record, and ``case_conference`` if a case may be opened on
it. Computed with the release: a policy that looked it up took minutes at a million."""
SHARED_UNTIL = "shared_until"
"""Last day that others than the department itself see it: a consent ends between two
releases as well."""


def shape(terms: Terms, types: dict[str, str]) -> Shape:
    """Return the table.

    Args:
        terms: The agreement.
        types: PostgreSQL type of each column of the client records.
    """
    columns = {name: "text not null" for name in KEYS}
    columns["person_id"] = "text"
    for column in terms.client_records.columns:
        columns.setdefault(column.name, types.get(column.name, "text"))
    columns[VISIBLE_TO] = "text[] not null"
    columns[SHARED_UNTIL] = "date"
    return Shape(
        NAME,
        "warehouse_owner",
        columns,
        secured=True,
        indexes=("person_id",),
        silent=True,
        comment="One row per client record; a reader sees those shared with it.",
    )


def pieces(terms: Terms) -> tuple[Piece, ...]:
    """Return the functions the policies ask, and the policies."""
    readers = sorted(
        role.name
        for role in terms.roles
        if role.name in terms.client_records.readers and not role.opens_cases
    )
    found = [_agreement_active(terms), _my_departments(terms), _reading()]
    found += [
        _policy("publisher_inserts", f"for insert to {PUBLISHER} with check (true)"),
        _policy("publisher_deletes", f"for delete to {PUBLISHER} using (true)"),
        _policy(
            "case_reader_reads",
            "for select to case_reader using "
            f"({literal(CASE_CONFERENCE)} = any({VISIBLE_TO}) "
            "and (select agreement.agreement_active()) "
            f"and ({SHARED_UNTIL} is null or {SHARED_UNTIL} >= {today_once_sql()}))",
        ),
    ]
    if readers:
        found.append(
            _policy(
                "department_reads",
                f"for select to {', '.join(readers)} using "
                f"({VISIBLE_TO} && (select agreement.reading({literal(NAME)})) "
                f"and ({SHARED_UNTIL} is null or {SHARED_UNTIL} >= {today_once_sql()} "
                "or department = any((select agreement.my_departments())::text[])))",
            )
        )
    return tuple(found)


def grants(terms: Terms) -> frozenset[Grant]:
    """Return who may select which column, and who may load."""
    found = {
        Grant("table", NAME, PUBLISHER, "INSERT"),
        Grant("table", NAME, PUBLISHER, "DELETE"),
        Grant("table", NAME, "case_reader", "SELECT"),
        Grant("function", "agreement.agreement_active()", "case_reader", "EXECUTE"),
    }
    for role in terms.roles:
        if role.opens_cases:
            continue
        for column in terms.client_records.readable(role.name):
            found.add(Grant("table", NAME, role.name, "SELECT", column))
            for function in ("reading(text)", "my_departments()"):
                found.add(
                    Grant("function", f"agreement.{function}", role.name, "EXECUTE")
                )
    return frozenset(found)


def _policy(name: str, rest: str) -> Piece:
    return Piece(
        "policy", f"{name} on {NAME}", f"create policy {name} on {NAME} {rest}"
    )


def _agreement_active(terms: Terms) -> Piece:
    """Say whether today is a day of the agreement; the days are part of the code."""
    return Piece(
        "function",
        "agreement.agreement_active()",
        "create or replace function agreement.agreement_active() returns boolean "
        "language plpgsql stable parallel safe set search_path = pg_catalog as "
        f"$$begin return {today_sql()} between date {literal(terms.effective)} "
        f"and date {literal(terms.expires)}; end$$",
        owner="warehouse_owner",
        replaces=True,
    )


def _my_departments(terms: Terms) -> Piece:
    """Return the departments that the reader works for and that are parties today.

    ``current_user`` is the reader, as nothing here is ``security definer``: neither a
    setting nor a view that somebody else owns can make it another.
    """
    rows = ", ".join(
        f"({literal(party.department)}, {literal(role.name)}, "
        f"date {literal(max(party.joined, terms.effective))}, "
        f"date {literal(min(party.left, terms.expires))})"
        for party in sorted(terms.parties, key=lambda party: party.department)
        for role in terms.roles
        if role.department == party.department
    )
    found = (
        "array(select department from (values "
        f"{rows}) as party (department, role, joined, left_on) "
        "where pg_has_role(current_user, role, 'USAGE') "
        f"and {today_sql()} between joined and left_on order by department)"
        if rows
        else "'{}'::text[]"
    )
    return Piece(
        "function",
        "agreement.my_departments()",
        "create or replace function agreement.my_departments() returns text[] "
        "language plpgsql stable parallel safe set search_path = pg_catalog as "
        f"$$begin return {found}; end$$",
        owner="warehouse_owner",
        replaces=True,
    )


def _reading() -> Piece:
    """Leave a trace of a read and return whose records the reader sees.

    A policy runs it once per query, however the query is spelt, and what it logs stays
    when the reader rolls back. The server's log carries the statement beside it.
    """
    return Piece(
        "function",
        "agreement.reading(text)",
        "create or replace function agreement.reading(relation text) returns text[] "
        "language plpgsql volatile parallel restricted "
        "set search_path = pg_catalog as $$\n"
        "declare mine text[] := agreement.my_departments();\n"
        "begin\n"
        "    raise log 'READ %', json_build_object('relation', relation, "
        "'login', session_user, 'role', current_user, 'as', mine);\n"
        "    return mine;\n"
        "end$$",
        owner="warehouse_owner",
        replaces=True,
    )
