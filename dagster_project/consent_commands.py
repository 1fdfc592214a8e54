"""``throughline consent``: write down that a client revoked, objected, or agreed again.

Belongs here: arguments, and what is printed. Does not belong here: what a statement
means (``governance.statements``).
"""

import sys
from datetime import UTC, date, datetime
from typing import Annotated

import typer

from dagster_project.places import places

app = typer.Typer(
    help="Write down a client's revocation or objection; it holds from the next run.",
    no_args_is_help=True,
)

Record = Annotated[
    str, typer.Option("--client-record", help="A client_record_id.", show_default=False)
]
By = Annotated[str, typer.Option(help="Who writes it down.")]
Reason = Annotated[str, typer.Option(help="Why; stays in the file.")]
Purposes = Annotated[
    list[str] | None, typer.Option("--purpose", help="A purpose; all if unset.")
]


@app.command()
def revoke(
    client_record: Record,
    by: By,
    reason: Reason,
    consent: Annotated[
        str, typer.Option(help="Kind of consent; what binds the department if unset.")
    ] = "",
) -> None:
    """A client took a consent back: rows bound to it leave every table."""
    department = client_record.partition(":")[0]
    usual = {"hsh": "hmis_roi", "dph": "part2"}.get(department, "objection")
    _state("revoked", client_record, by, reason, consent or usual, None)


@app.command("object")
def object_to(
    client_record: Record, by: By, reason: Reason, purpose: Purposes = None
) -> None:
    """A client objects to purposes: the record is not used for them."""
    _state("objected", client_record, by, reason, "objection", purpose)


@app.command()
def give(
    client_record: Record,
    by: By,
    reason: Reason,
    consent: Annotated[
        str, typer.Option(help="Kind of consent that is given again.")
    ] = "objection",
    purpose: Purposes = None,
) -> None:
    """A client agreed again, or an earlier line was a mistake: it holds no more."""
    _state("given", client_record, by, reason, consent, purpose)


@app.command("list")
def list_statements() -> None:
    """Show what holds, per record, kind of consent and purpose; no reasons."""
    from rich.console import Console
    from rich.table import Table

    from dagster_project.governance.statement_file import (
        UnreadableStatementsError,
        read_statements,
    )
    from dagster_project.governance.statements import holding

    try:
        rows = holding(read_statements(places().consents))
    except UnreadableStatementsError as error:
        _stop(str(error))
    if not rows:
        print("Nobody revoked or objected.")
        return
    table = Table(box=None, pad_edge=False)
    for heading in ("client record", "consent", "purpose", "said", "on", "consent id"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(*map(str, row))
    Console(width=None if sys.stdout.isatty() else 120).print(table)


def _state(
    said: str,
    client_record: str,
    by: str,
    reason: str,
    consent: str,
    purposes: list[str] | None,
) -> None:
    from dagster_project.governance.in_force import checked
    from dagster_project.governance.read import AgreementRefused
    from dagster_project.governance.statement_file import (
        UnreadableStatementsError,
        add_statements,
    )
    from dagster_project.governance.statements import CannotStateError, stated
    from dagster_project.places import agreement_file

    try:
        statement = stated(
            checked(agreement_file()),
            said,
            client_record,
            consent=consent,
            purposes=purposes or (),
            on=date.today(),
            at=datetime.now(UTC).replace(tzinfo=None, microsecond=0),
            by=by,
            reason=reason,
        )
        add_statements(places().consents, [statement])
    except (AgreementRefused, CannotStateError, UnreadableStatementsError) as error:
        _stop(str(error))
    print(
        f"{client_record}: {said} ({statement.consent}) for "
        f"{', '.join(statement.purposes)}. It holds from the next 'throughline run'."
    )


def _stop(sentence: str) -> None:
    """Print what is wrong and exit with 1."""
    print(sentence, file=sys.stderr)
    raise typer.Exit(1)
