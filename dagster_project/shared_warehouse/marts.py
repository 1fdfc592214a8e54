"""``marts`` and ``public``: tables without identifiers, and the views readers see.

Belongs here: how a mart is kept, shown and granted. Does not belong here: its rows and
pseudonyms (``pseudonyms``, ``rows``).

The rows lie in ``held``, which nobody reads. A mart with ids is held with one column of
pseudonyms per role family and id; its view shows each reader its own family's, so that
two families that lay their copies side by side do not find the same person.
"""

from dagster_project.shared_warehouse.desired import (
    Grant,
    Piece,
    Shape,
    literal,
    quoted,
)
from dagster_project.shared_warehouse.terms import PUBLISHER, Table, Terms

RELEASES = "public.releases"
ASKED = ("reading_mart(text)", "family()", "agreement_active()", "my_departments()")
"""Functions that a reader of a view needs."""


def is_id(column: str) -> bool:
    """Say whether a mart's column is an id, which is replaced by pseudonyms.

    Every id is: a contact's id that stayed the same would tie a person's pseudonyms of
    two releases together.
    """
    return column == "id" or column.endswith("_id")


def held_column(column: str, family: str) -> str:
    """Return the column that holds one family's pseudonyms of an id."""
    return f"{column}__{family}"


def shapes(terms: Terms, types: dict[str, dict[str, str]]) -> tuple[Shape, ...]:
    """Return the tables behind the views, the public tables, and the releases.

    Args:
        terms: The agreement.
        types: Mart to column to PostgreSQL type.
    """
    found = [
        Shape(
            RELEASES,
            "marts_owner",
            {
                "release_id": "text not null",
                "published_at": "timestamp with time zone not null",
                "agreement": "text not null",
            },
            key=("release_id",),
            lasting=True,
            comment="One row per release; the youngest is what the tables hold.",
        )
    ]
    for table in terms.of_tier("marts"):
        columns = {}
        for name in (column.name for column in table.columns):
            if is_id(name):
                for family in terms.families(table):
                    columns[held_column(name, family)] = "text"
            else:
                columns[name] = types[table.name][name]
        found.append(Shape(f"held.{table.name}", "marts_owner", columns))
    for table in terms.of_tier("public"):
        columns = {c.name: types[table.name][c.name] for c in table.columns}
        found.append(Shape(f"public.{table.name}", "marts_owner", columns))
    return tuple(found)


def pieces(terms: Terms) -> tuple[Piece, ...]:
    """Return the functions the views ask, and the views."""
    views = (_view(terms, table) for table in terms.of_tier("marts"))
    return (_family(terms), _reading_mart(terms), *views)


def grants(terms: Terms) -> frozenset[Grant]:
    """Return who may select which column of a mart."""
    found = {
        Grant("function", "agreement.agreement_active()", "marts_owner", "EXECUTE"),
        *(Grant("table", RELEASES, role.name, "SELECT") for role in terms.roles),
        Grant("table", RELEASES, PUBLISHER, "SELECT"),
    }
    for tier in ("marts", "public"):
        for table in terms.of_tier(tier):
            for column in table.columns:
                for role in column.readers:
                    name = f"{tier}.{table.name}"
                    found.add(Grant("table", name, role, "SELECT", column.name))
    for role in {role for table in terms.of_tier("marts") for role in table.readers}:
        for function in ASKED:
            found.add(Grant("function", f"agreement.{function}", role, "EXECUTE"))
    return frozenset(found)


def _view(terms: Terms, table: Table) -> Piece:
    """Return a mart's view; its condition runs before any of the reader's own."""
    shown = ",\n    ".join(_shown(terms, table, c.name) for c in table.columns)
    return Piece(
        "view",
        f"marts.{table.name}",
        f"create view marts.{quoted(table.name)} with (security_barrier = true) "
        f"as select\n    {shown}\nfrom held.{quoted(table.name)}\nwhere (select "
        f"agreement.reading_mart({literal('marts.' + table.name)}))",
        owner="marts_owner",
    )


def _shown(terms: Terms, table: Table, column: str) -> str:
    """Return one column of a view: an id as the reader's family knows it."""
    if not is_id(column):
        return quoted(column)
    cases = " ".join(
        f"when {literal(family)} then {quoted(held_column(column, family))}"
        for family in terms.families(table)
    )
    return f"case (select agreement.family()) {cases} end as {quoted(column)}"


def _family(terms: Terms) -> Piece:
    """Return the reader's role family; of two families, nobody may see both."""
    rows = ", ".join(
        f"({literal(role.name)}, {literal(role.family)})"
        for role in sorted(terms.roles, key=lambda role: role.name)
    )
    body = (
        "declare mine text[];\n"
        "begin\n"
        "    select array_agg(distinct family) into mine from (values "
        f"{rows}) as known (role, family) "
        "where pg_has_role(current_user, role, 'USAGE');\n"
        "    if cardinality(mine) > 1 then\n"
        "        raise exception 'This login has roles of several families (%); "
        "each sees pseudonyms of its own. Use a login for each.', "
        "array_to_string(mine, ', ') using errcode = '42501';\n"
        "    end if;\n"
        "    return mine[1];\n"
        "end"
        if rows
        else "begin return null; end"
    )
    return Piece(
        "function",
        "agreement.family()",
        "create or replace function agreement.family() returns text "
        "language plpgsql stable parallel safe set search_path = pg_catalog as "
        f"$${body}$$",
        owner="warehouse_owner",
        replaces=True,
    )


def _reading_mart(terms: Terms) -> Piece:
    """Leave a trace of a read of a mart, and say whether the reader is shown any row.

    Nobody reads outside the agreement's days, and no department before it joins or
    after it left.
    """
    families = sorted({role.family for role in terms.roles if role.department})
    names = ", ".join(map(literal, families)) or "null"
    return Piece(
        "function",
        "agreement.reading_mart(text)",
        "create or replace function agreement.reading_mart(relation text) "
        "returns boolean language plpgsql volatile parallel restricted "
        "set search_path = pg_catalog as $$\n"
        "declare family text := agreement.family();\n"
        "begin\n"
        "    raise log 'READ %', json_build_object('relation', relation, "
        "'login', session_user, 'role', current_user, 'as', family);\n"
        "    return agreement.agreement_active()\n"
        f"        and (family in ({names})) is not true\n"
        "        or cardinality(agreement.my_departments()) > 0;\n"
        "end$$",
        owner="warehouse_owner",
        replaces=True,
    )
