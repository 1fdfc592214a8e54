"""Rights: revoked where an agreement does not name them, granted where it does.

Belongs here: comparing rights. Does not belong here: who should have which
(``identified``, ``marts``, ``audit``, ``roles``).
"""

from collections.abc import Iterator

from dagster_project.shared_warehouse.catalog import Found
from dagster_project.shared_warehouse.desired import Desired, Grant, quoted
from dagster_project.shared_warehouse.plan_tables import bare
from dagster_project.shared_warehouse.steps import Step, by, full_name


def grants(
    wanted: Desired, found: Found, kept: frozenset[tuple[str, str]]
) -> Iterator[Step]:
    """Yield the revocations, then the grants.

    What is dropped in this plan takes its rights with it, and what is made in it has
    none, but for functions: everybody may execute a new one until that is revoked.

    Args:
        wanted: What should be.
        found: What there is.
        kept: (kind, name) of the pieces that stay as they are.
    """
    replaced = {("function", p.name) for p in wanted.pieces if p.replaces}
    dropped = {key for key in found.pieces if key not in kept and key not in replaced}
    shapes = {shape.name: shape for shape in wanted.tables}
    functions = {piece.name for piece in wanted.pieces if piece.kind == "function"}
    there = {name for kind, name in set(found.pieces) - dropped if kind == "function"}
    has = {
        grant
        for grant in found.grants
        if ("view", grant.on) not in dropped
        and ("function", grant.on) not in dropped
        and (grant.on in shapes or grant.on not in found.tables)
        and not _is_on_new_column(grant, wanted, found)
    }
    has |= {Grant("function", name, "public", "EXECUTE") for name in functions - there}
    for grant in sorted(has - wanted.grants, key=_order):
        told = f"{grant.to} loses {_privilege(grant)} on {grant.on}"
        told = "" if grant.to == "public" else told
        sql = f"revoke {_privilege(grant)} on {_object(grant)} from {_to(grant)}"
        yield Step(sql, _who(grant), told)
    for grant in sorted(wanted.grants - has, key=_order):
        sql = f"grant {_privilege(grant)} on {_object(grant)} to {_to(grant)}"
        yield Step(sql, _who(grant))


def _is_on_new_column(grant: Grant, wanted: Desired, found: Found) -> bool:
    """Say whether a grant is on a column that this plan drops or makes anew."""
    if not grant.column or grant.on not in found.tables:
        return False
    for shape in wanted.tables:
        if shape.name == grant.on:
            now = found.tables[grant.on].columns.get(grant.column)
            return bare(shape.columns.get(grant.column, "")) != now
    return False


def _who(grant: Grant) -> str:
    return by(grant.on) if grant.kind == "table" else ""


def _order(grant: Grant) -> tuple[str, ...]:
    return (grant.kind, grant.on, grant.to, grant.privilege, grant.column)


def _privilege(grant: Grant) -> str:
    column = f" ({quoted(grant.column)})" if grant.column else ""
    return f"{grant.privilege}{column}"


def _object(grant: Grant) -> str:
    if grant.kind == "table":
        return f"table {full_name(grant.on)}"
    if grant.kind == "function":
        return f"function {grant.on}"
    return f"{grant.kind} {quoted(grant.on)}"


def _to(grant: Grant) -> str:
    return "public" if grant.to == "public" else quoted(grant.to)
