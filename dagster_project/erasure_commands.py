"""``throughline expunge``: a client is taken out of everything.

Belongs here: arguments, and what is printed: ids, hashes and counts, no name. Does not
belong here: erasing and proving (``erasure``), clocks (``retention_command``).
"""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dagster_project.places import Places, places

if TYPE_CHECKING:
    from dagster_project.erasure.orders import Order

AsOf = Annotated[str, typer.Option(help="The run's clock (ISO, UTC); now if unset.")]


def expunge(
    client_record: Annotated[
        str, typer.Option(help="One client record, as in hsh:hmis:1234.")
    ] = "",
    person: Annotated[str, typer.Option(help="A person_id: all its records.")] = "",
    reason: Annotated[str, typer.Option(help="Why, without a name.")] = "",
    by: Annotated[str, typer.Option(help="Your name.")] = "",
    dry_run: Annotated[
        bool, typer.Option(help="Count what would go; change nothing.")
    ] = False,
    verify: Annotated[
        Path | None, typer.Option(help="Check a manifest instead.")
    ] = None,
    as_of: AsOf = "",
) -> None:
    """Take a client out of every table, copy and report, and prove it.

    The register keeps a keyed hash, so that no rebuild and no replay brings the client
    back. If the command is killed, the same command, or the next run, goes on.
    """
    here = places()
    if verify:
        _verify(here, verify)
        return
    if bool(client_record) == bool(person):
        stop("Name one of --client-record and --person.")
    if not dry_run and not (reason.strip() and by.strip()):
        stop("Say --by whom and for which --reason; the register keeps both.")
    if (client_record or person) in reason:
        stop("The register keeps the reason for good; write it without the id.")
    if dry_run:
        change(here, lambda c: _count(c, here, client_record, person))
        return
    order = change(
        here,
        lambda c: _ordered(c, here, client_record, person, reason, by, clock(as_of)),
    )
    if order:
        carry_out(here, order, as_of)


def clock(as_of: str) -> datetime:
    """Return the run's clock (UTC, without zone); now when unset."""
    try:
        moment = datetime.fromisoformat(as_of) if as_of else datetime.now(UTC)
    except ValueError:
        stop(f"--as-of {as_of!r} is no time; write it as 2026-07-05T12:00:00.")
    if moment.tzinfo is not None:
        moment = moment.astimezone(UTC).replace(tzinfo=None)
    return moment.replace(microsecond=0)


def change(here: Places, work: Any) -> Any:
    """Do something with the warehouse while no run does."""
    import duckdb

    from dagster_project.encryption import WarehouseKeyError
    from dagster_project.erasure.register import RegisterUnusable
    from dagster_project.erasure.whom import NobodyFound
    from dagster_project.governance.read import AgreementRefused
    from dagster_project.runs import RunFailedError, the_only_run
    from dagster_project.warehouse import WarehouseBusyError, open_warehouse

    if not here.warehouse.exists():
        stop(f"There is no warehouse at {here.warehouse} yet; run 'throughline run'.")
    try:
        with the_only_run(here), open_warehouse(here.warehouse) as connection:
            return work(connection)
    except (
        AgreementRefused,
        NobodyFound,
        RegisterUnusable,
        RunFailedError,
        WarehouseBusyError,
        WarehouseKeyError,
    ) as error:
        stop(str(error))
    except (duckdb.CatalogException, duckdb.BinderException):
        stop(f"{here.warehouse} is of an older release; run 'throughline run' first.")


def _ordered(
    connection: Any,
    here: Places,
    record: str,
    person: str,
    reason: str,
    by: str,
    now: datetime,
) -> "Order | None":
    """Open an order and enter it in the register, or go on with the one that is."""
    from dagster_project.erasure import orders, register
    from dagster_project.erasure.carrying_out import enter
    from dagster_project.erasure.whom import NobodyFound

    folder = here.warehouse.parent
    for order in orders.open_orders(folder):
        if order.kind == "request" and (
            record in order.client_records or person in order.persons
        ):
            print(f"Going on with erasure {order.erasure_id}.")
            enter(here, order)
            return order
    try:
        order = _order(connection, record, person, reason, by, now)
    except NobodyFound:
        known = register.read(folder)
        earlier = known.find(record) if known and record else []
        if not earlier:
            raise
        print(f"Nothing is left to erase: erasure {earlier[-1].erasure_id} did it.")
        return None
    orders.keep(folder, order)
    enter(here, order)
    return order


def _order(
    connection: Any, record: str, person: str, reason: str, by: str, now: datetime
) -> "Order":
    from dagster_project.erasure import orders, whom

    records = [record] if record else whom.of_person(connection, person)
    ids = whom.all_ids(connection, records)
    if record and ids == [record] and not whom.known(connection, record):
        raise whom.NobodyFound(
            f"No delivered row is about {record!r}; a client record is named by "
            "department, system and the department's own id, as in hsh:hmis:1234."
        )
    return orders.Order(
        erasure_id=orders.new_id(now),
        kind="request",
        at=now,
        by=by.strip(),
        reason=reason.strip(),
        client_records=tuple(ids),
        persons=tuple(whom.emptied(connection, ids)),
        identities=tuple(whom.identities(connection, ids)),
    )


def _count(connection: Any, here: Places, record: str, person: str) -> None:
    """Print what would go: it is taken out and put back."""
    from dagster_project.erasure.carrying_out import take_out

    order = _order(connection, record, person, "", "", clock(""))
    connection.execute("begin transaction")
    try:
        erased = take_out(connection, order)
    finally:
        connection.execute("rollback")
    print(
        f"{len(order.client_records)} client record ids would go, and "
        f"{len(order.persons)} persons who have no other."
    )
    for table, counts in sorted(erased.items()):
        rows, deliveries = sum(counts.values()), len(counts)
        print(f"  raw.{table}: {rows:,} rows of {deliveries:,} deliveries")
    print("Nothing was changed.")


def carry_out(here: Places, order: "Order", as_of: str) -> None:
    """Run everything, and say what was done and what is left to do by hand."""
    from dagster_project.erasure import manifest
    from dagster_project.erasure.orders import folder
    from dagster_project.runs import RunFailedError, run_everything
    from dagster_project.warehouse import WarehouseBusyError

    try:
        run_everything(here, as_of=as_of)
    except (RunFailedError, WarehouseBusyError) as error:
        stop(f"Erasure {order.erasure_id} is open; the next run goes on.\n{error}")
    file = folder(here.warehouse.parent) / f"{order.erasure_id}.json"
    told = manifest.verify(here.warehouse.parent, file)
    rows = sum(sum(counts.values()) for counts in told["erased_rows"].values())
    print(
        f"Erasure {order.erasure_id}: {rows:,} rows gone, nothing left in "
        f"{told['search']['tables']} tables, {told['search']['files']} files and "
        f"{told['search'].get('databases', 0)} shared databases.\n"
        f"Manifest: {file}"
    )
    deliveries = sorted({d for c in told["erased_rows"].values() for d in c})
    if deliveries:
        print("These deliveries in the landing folder still hold the client:")
        print("\n".join(f"  {delivery}" for delivery in deliveries))
        print("Ask the departments to delete them, or to send them anew without.")
    print("Delete older backups and copies, of the shared database too.")


def _verify(here: Places, file: Path) -> None:
    from dagster_project.erasure import manifest
    from dagster_project.erasure.register import RegisterUnusable

    try:
        told = manifest.verify(here.warehouse.parent, file)
    except (manifest.ManifestDoubted, RegisterUnusable) as doubted:
        stop(str(doubted))
    print(
        f"{file} is as it was signed: erasure {told['erasure_id']} of "
        f"{len(told['client_records'])} client record ids, proven at "
        f"{told['proven_at']} by run {told['run_id'][:8]}; the register holds them out."
    )


def stop(sentence: str) -> None:
    """Print one clear sentence and exit with 1."""
    print(sentence, file=sys.stderr)
    raise typer.Exit(1)
