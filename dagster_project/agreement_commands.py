"""``throughline agreement``: check, compare, show, approve, write out the agreement.

Belongs here: arguments, and what is printed. Does not belong here: what an agreement
means (``governance``).
"""

import sys
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from dagster_project.places import agreement_file

app = typer.Typer(
    help="The sharing agreement: who may see what, for which purpose.",
    no_args_is_help=True,
)

FileArgument = Annotated[
    Path | None, typer.Argument(help="The agreement; the project's own if unset.")
]


@app.command()
def check(
    file: FileArgument = None,
    day: Annotated[
        str, typer.Option(help="Day it must be in force on (ISO); today if unset.")
    ] = "",
) -> None:
    """Check shape, meaning, approvals, dates; every fault is told with its line."""
    from dagster_project.governance.in_force import in_force
    from dagster_project.governance.read import AgreementRefused
    from dagster_project.shared_warehouse.from_agreement import terms_of
    from dagster_project.shared_warehouse.terms import TermsError

    try:
        on = date.fromisoformat(day) if day else date.today()
    except ValueError:
        _stop(f"{day!r} is no day; write it as 2026-11-27.")
    try:
        agreement = in_force(file or agreement_file(), on)
        terms_of(agreement)
    except AgreementRefused as refused:
        _stop(str(refused))
    except TermsError as refused:
        _stop(f"{agreement.path}: no shared database could keep it. {refused}")
    print(
        f"{agreement.path}: {agreement.id} version {agreement.version} holds and is in "
        f"force until {agreement.expires} (content {agreement.sha256[:12]})."
    )


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(help="The version in force.")],
    new: Annotated[Path, typer.Argument(help="The version to approve.")],
) -> None:
    """Say in plain words what a new version changes: + shares more, - shares less."""
    from dagster_project.governance.difference import difference
    from dagster_project.governance.in_force import checked
    from dagster_project.governance.read import AgreementRefused

    try:
        changes = difference(checked(old), checked(new))
    except AgreementRefused as refused:
        _stop(str(refused))
    for heading, sentences in changes.items():
        print(f"{heading}\n" + "\n".join(f"  {told}" for told in sentences))
    if not changes:
        print("Nothing that was agreed changes.")


@app.command()
def show(
    role: Annotated[str, typer.Option(help="A role of the agreement.")],
    department: Annotated[
        str, typer.Option(help="Department the person works for.")
    ] = "",
    file: FileArgument = None,
) -> None:
    """Show which tables and columns a role may see, and whose rows."""
    from rich.console import Console
    from rich.table import Table

    from dagster_project.governance.in_force import checked
    from dagster_project.governance.read import AgreementRefused
    from dagster_project.governance.shown import DEPARTMENT, shown

    try:
        agreement = checked(file or agreement_file())
    except AgreementRefused as refused:
        _stop(str(refused))
    if role not in agreement.roles:
        _stop(f"There is no role {role!r}; there are {', '.join(agreement.roles)}.")
    if department and department not in agreement.departments:
        known = ", ".join(agreement.departments)
        _stop(f"There is no department {department!r}; there are {known}.")
    if department and role != DEPARTMENT:
        _stop(
            f"The role {role} sees the same whatever department somebody works for; "
            f"--department goes with --role {DEPARTMENT}."
        )
    terms = agreement.roles[role]
    table = Table(title=f"{terms.title}: {', '.join(terms.purposes) or 'no purpose'}")
    for heading in ("tier", "table", "rows", "columns"):
        table.add_column(heading, overflow="fold")
    for seen in shown(agreement, terms, department):
        table.add_row(seen.tier, seen.table, seen.rows, ", ".join(seen.columns))
    console = Console(width=None if sys.stdout.isatty() else 100)
    console.print(table)
    party = agreement.parties.get(department)
    if party and not party.is_party_on(date.today()):
        console.print(
            f"{party.short} is no party today (joined {party.joined}, left "
            f"{party.left or 'never'}): its workers see the public tables alone."
        )


@app.command()
def approve(
    by: Annotated[str, typer.Option(help="Full name of the person who approves.")],
    role: Annotated[str, typer.Option(help="What they are; may end in ', PARTY'.")],
    party: Annotated[str, typer.Option(help="Party they speak for.")] = "",
    file: FileArgument = None,
) -> None:
    """Write an approval of the present content into the file."""
    from dagster_project.governance.approve import CannotApproveError
    from dagster_project.governance.approve import approve as write
    from dagster_project.governance.read import AgreementRefused

    path = file or agreement_file()
    try:
        print(write(path, by=by, role=role, party=party, on=date.today()))
    except (AgreementRefused, CannotApproveError) as error:
        _stop(str(error))


@app.command()
def protocol(
    file: FileArgument = None,
    out: Annotated[
        Path | None, typer.Option(help="File to write; docs/protocol.md if unset.")
    ] = None,
) -> None:
    """Write the protocol that WIC 18999.8 asks for, from the agreement."""
    from dagster_project.governance.in_force import checked
    from dagster_project.governance.protocol import protocol as written
    from dagster_project.governance.read import AgreementRefused
    from dagster_project.places import REPOSITORY

    try:
        text = written(checked(file or agreement_file()))
    except AgreementRefused as refused:
        _stop(str(refused))
    target = out or REPOSITORY / "docs" / "protocol.md"
    target.write_text(text, encoding="utf-8")
    print(f"The protocol is in {target}.")


def _stop(sentence: str) -> None:
    """Print what is wrong and exit with 1."""
    print(sentence, file=sys.stderr)
    raise typer.Exit(1)
