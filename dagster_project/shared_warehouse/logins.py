"""Logins: which are fit to have a role, and the example ones of ``make serve``.

Belongs here: questions about logins, statements that make one. Does not belong here:
roles (``roles``), passwords (``passwords``).
"""

from collections.abc import Callable

from dagster_project.shared_warehouse.desired import literal, quoted
from dagster_project.shared_warehouse.passwords import verifier
from dagster_project.shared_warehouse.roles import all_roles
from dagster_project.shared_warehouse.terms import (
    AUDIT_OBJECTS,
    OWNERS,
    PUBLISHER,
    Terms,
)

EXAMPLES = {
    "hsh": "amina_warsame",
    "fire": "kenji_morimoto",
    "dph": "oluwaseun_adeyemi",
    "dem": "guadalupe_ortiz",
    "analyst": "nhu_tran",
    "case_conference": "leilani_kahale",
    "auditor": "tomasz_zielinski",
    "privacy_officer": "farida_haidari",
    "publisher": "nightly_publisher",
}
"""Invented people; a role that is not here gets the login ``<role>_example``."""


def example_logins(terms: Terms) -> dict[str, str]:
    """Return role to example login, departments first as the agreement has them."""
    names = [*(role.name for role in terms.roles), PUBLISHER]
    return {name: EXAMPLES.get(name, f"{name}_example") for name in names}


def make(login: str, role: str, password: str, exists: bool) -> tuple[str, ...]:
    """Return the statements that make a login, or give it a new password.

    The statements carry the password's verifier, never the password.
    """
    verb = "alter" if exists else "create"
    return (
        f"{verb} role {quoted(login)} login password {literal(verifier(password))}",
        f"grant {quoted(role)} to {quoted(login)}",
    )


def misplaced(ask: Callable[[str], list[tuple]], terms: Terms) -> list[str]:
    """Return a sentence for each login that could get around the agreement."""
    ours = ", ".join(literal(name) for name in (*all_roles(terms), AUDIT_OBJECTS))
    rows = ask(
        "with recursive member (login, role) as ("
        "select m.member, m.roleid from pg_auth_members as m "
        "join pg_roles as r on r.oid = m.member where r.rolcanlogin "
        "union select member.login, m.roleid from member "
        "join pg_auth_members as m on m.member = member.role) "
        "select l.rolname::text, l.rolsuper or l.rolbypassrls, "
        "array_agg(r.rolname::text order by r.rolname) "
        "from member join pg_roles as l on l.oid = member.login "
        "join pg_roles as r on r.oid = member.role "
        "group by 1, 2 having bool_or(r.rolname in "
        f"({ours}))"
    )
    families = {role.name: role.family for role in terms.roles}
    found = []
    for login, is_above, roles in sorted(rows):
        held = set(roles)
        if is_above:
            found.append(
                f"The login {login} is a superuser or bypasses row security, and has "
                f"the role {_of(held, families)}: no policy would bind it."
            )
        if PUBLISHER in held and held & set(families):
            found.append(
                f"The login {login} publishes and reads as {_of(held, families)}: use "
                "a login for each."
            )
        beyond = held & {*OWNERS, AUDIT_OBJECTS}
        if PUBLISHER in held:
            beyond -= {"marts_owner"}
        beyond |= {role for role in held if role.startswith("pg_")}
        if beyond:
            found.append(
                f"The login {login} also has the role {sorted(beyond)[0]}, which "
                "reaches beyond the agreement; revoke it."
            )
        if len({families[role] for role in held if role in families}) > 1:
            found.append(
                f"The login {login} has roles of several families "
                f"({_of(held, families)}): use a login for each."
            )
    return found


def _of(held: set[str], families: dict[str, str]) -> str:
    return ", ".join(sorted(held & set(families))) or PUBLISHER
