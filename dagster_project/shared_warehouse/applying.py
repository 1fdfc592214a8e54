"""The agreement applied to a database, inside the release's transaction.

Belongs here: looking, planning, running the steps, stamping what they made. Does not
belong here: what a step says (``plan``), rows (``filling``).
"""

from collections.abc import Callable

from dagster_project.shared_warehouse.catalog import Ask, Found, look
from dagster_project.shared_warehouse.pgaudit import LOADED
from dagster_project.shared_warehouse.plan import Plan, plan, stamp
from dagster_project.shared_warehouse.rows import postgres_type
from dagster_project.shared_warehouse.steps import PublishError, Step
from dagster_project.shared_warehouse.terms import Terms
from dagster_project.shared_warehouse.whole import desired

Tell = Callable[[str], None]
"""Runs one statement."""


def planned(
    terms: Terms,
    types: dict[str, dict[str, str]],
    ask: Ask,
) -> tuple[Found, Plan]:
    """Return what the database is and what makes it what it should be.

    Raises:
        PublishError: Something is to be changed that only an administrator can, or
            that Throughline did not make.
    """
    kinds = {
        table: {name: postgres_type(kind) for name, kind in columns.items()}
        for table, columns in types.items()
    }
    ((database,),) = ask("select current_database()::text")
    ((audits,),) = ask(LOADED)
    wanted = desired(terms, kinds, database, audits=audits)
    found = look(ask, wanted.roles)
    made = plan(wanted, found)
    if not found.administers and any(not step.by for step in made.steps):
        raise PublishError(
            "The agreement in this database is not the one given, or was never "
            "applied: let an administrator publish once with the same agreement."
        )
    return found, made


def apply(
    made: Plan,
    found: Found,
    ask: Ask,
    tell: Tell,
) -> None:
    """Run the steps, then note on each piece what it came to be."""
    _run(made.steps, tell)
    if made.made:
        states = look(ask, tuple(found.roles)).states
        notes = [stamp(p, states[(p.kind, p.name)]) for p in made.made]
        _run(tuple(notes), tell)


def _run(steps: tuple[Step, ...], tell: Tell) -> None:
    now = ""
    for step in steps:
        if step.by != now:
            tell(f"set local role {step.by}" if step.by else "reset role")
            now = step.by
        tell(step.sql)
    if now:
        tell("reset role")
