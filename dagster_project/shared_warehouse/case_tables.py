"""What a case conference works with beside the list: candidates, reasons, states.

Belongs here: these tables of ``identified``, their policies and readers. Does not
belong here: opening a case (``conference``), whose rows are published (``visibility``).

They hold real person ids, since a case is opened by one, and neither names nor numbers.
"""

from dagster_project.shared_warehouse.city_day import today_once_sql
from dagster_project.shared_warehouse.desired import Grant, Piece, Shape, literal
from dagster_project.shared_warehouse.identified import SHARED_UNTIL
from dagster_project.shared_warehouse.terms import PUBLISHER, Table, Terms


def shapes(terms: Terms, types: dict[str, dict[str, str]]) -> tuple[Shape, ...]:
    """Return the tables.

    Args:
        terms: The agreement.
        types: Table to column to PostgreSQL type.
    """
    return tuple(
        Shape(
            _name(table),
            "warehouse_owner",
            {c.name: types[table.name][c.name] for c in table.columns}
            | {SHARED_UNTIL: "date not null"},
            secured=True,
            silent=True,
            comment="Rows about clients of whom departments may talk today.",
        )
        for table in terms.case_tables
    )


def pieces(terms: Terms) -> tuple[Piece, ...]:
    """Return the policies: who fills the tables, and who reads until when."""
    found = []
    for table in terms.case_tables:
        name = _name(table)
        readers = ", ".join(table.readers)
        for policy, rest in (
            ("publisher_inserts", f"for insert to {PUBLISHER} with check (true)"),
            ("publisher_deletes", f"for delete to {PUBLISHER} using (true)"),
            (
                "conference_reads",
                f"for select to {readers} using ((select "
                f"agreement.reading({literal(name)})) is not null and (select "
                f"agreement.agreement_active()) and {SHARED_UNTIL} >= "
                f"{today_once_sql()})",
            ),
        ):
            create = f"create policy {policy} on {name} {rest}"
            found.append(Piece("policy", f"{policy} on {name}", create))
    return tuple(found)


def grants(terms: Terms) -> frozenset[Grant]:
    """Return who may select which column, and who may load."""
    found = set()
    for table in terms.case_tables:
        name = _name(table)
        for privilege in ("INSERT", "DELETE"):
            found.add(Grant("table", name, PUBLISHER, privilege))
        for column in table.columns:
            for role in column.readers:
                found.add(Grant("table", name, role, "SELECT", column.name))
        for role in table.readers:
            for function in ("reading(text)", "my_departments()", "agreement_active()"):
                found.add(Grant("function", f"agreement.{function}", role, "EXECUTE"))
    return frozenset(found)


def _name(table: Table) -> str:
    return f"identified.{table.name}"
