"""``throughline public``: a person releases public tables, or takes a release back.

Belongs here: arguments, what is printed, the audit before a release. Does not belong
here: what may be shown (``disclosure``).
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

import typer

from dagster_project.locked_file import holding
from dagster_project.places import Places, places

app = typer.Typer(
    help="Release the public tables of the last run, or withdraw a release.",
    no_args_is_help=True,
)

By = Annotated[str, typer.Option(help="Who answers for it.")]


@app.command()
def release(by: By) -> None:
    """Release what the last run proposes; from then on it is never changed."""
    from dagster_project.disclosure import tables
    from dagster_project.disclosure.audit import DisclosureError
    from dagster_project.disclosure.register import (
        check_fresh,
        proposals,
        read_register,
        write_register,
    )
    from dagster_project.disclosure.register import release as booked
    from dagster_project.disclosure.verify import audit_written
    from dagster_project.governance.in_force import projects_agreement
    from dagster_project.warehouse import open_warehouse

    here = _with_a_warehouse()
    with _refusals(), holding(here.public_releases):
        now = datetime.now(UTC)
        minimum = projects_agreement(now.date()).small_cell_minimum
        register = read_register(here.public_releases)
        with open_warehouse(here.warehouse, read_only=True) as connection:
            rows = tables.read_public(connection)
            shapes = tables.read_shapes(connection)
            counts = tables.read_counts(connection)
        check_fresh(rows, register)
        found = audit_written(rows, shapes, counts, register, minimum)
        if found:
            raise DisclosureError(found)
        today = now.date().isoformat()
        new = proposals(rows, shapes, released_on=today, released_by=by)
        write_register(here.public_releases, booked(register, new))
    for one in new:
        print(f"{one.table}, {one.period}: {len(one.rows)} rows, {one.shape}")
    print(f"Released by {by}; later runs repeat these figures as they are.")


@app.command()
def withdraw(
    period: Annotated[str, typer.Argument(help="As 'public list' shows it.")],
    reason: Annotated[str, typer.Option(help="Why; kept with the release.")],
    by: By,
) -> None:
    """Take a period's release back; the next run proposes it anew.

    Readers may have kept it: what it hid stays hidden, and so does what has moved by
    fewer people than the agreement's minimum since.
    """
    from dagster_project.disclosure.register import read_register, write_register
    from dagster_project.disclosure.register import withdraw as taken_back

    here = _with_a_warehouse()
    with _refusals(), holding(here.public_releases):
        register = taken_back(read_register(here.public_releases), period, reason, by)
        write_register(here.public_releases, register)
    print(f"{period} is withdrawn; the next run proposes it anew.")


@app.command("list")
def list_all() -> None:
    """Show every release, and why those that do not stand were withdrawn."""
    from dagster_project.disclosure.register import read_register

    here = _with_a_warehouse()
    with _refusals():
        register = read_register(here.public_releases)
    for one in register:
        print(
            f"{one.period} {one.table} ({one.shape}): released {one.released_on} "
            f"by {one.released_by}"
            + (f"; withdrawn: {one.withdrawn_because}" if one.withdrawn_because else "")
            + (f"; ended {one.ended_on}, figures forgotten" if one.ended_on else "")
        )
    print(f"{len(register)} releases in {here.public_releases}")


def _with_a_warehouse() -> Places:
    here = places()
    if not here.warehouse.exists():
        print(
            f"There is no warehouse at {here.warehouse} yet; run 'throughline run'.",
            file=sys.stderr,
        )
        raise typer.Exit(1)
    return here


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn a refusal into its sentence on stderr and exit code 1."""
    import duckdb

    from dagster_project.disclosure.audit import DisclosureError
    from dagster_project.disclosure.register import ReleaseError
    from dagster_project.governance.read import AgreementRefused
    from dagster_project.warehouse import WarehouseBusyError

    try:
        yield
    except duckdb.CatalogException:
        told = "The warehouse holds no public tables yet; run 'throughline run'."
    except duckdb.BinderException:
        told = "The warehouse is of an older release; run 'throughline run' first."
    except (
        AgreementRefused,
        DisclosureError,
        ReleaseError,
        WarehouseBusyError,
        OSError,
    ) as error:
        told = str(error)
    else:
        return
    print(told, file=sys.stderr)
    raise typer.Exit(1)
