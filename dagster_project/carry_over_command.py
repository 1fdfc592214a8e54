"""``throughline carry-over``: a new warehouse goes on with an older one's history.

Belongs here: the argument, and what is printed. Does not belong here: the ledger
(``linkage.carry_over``).
"""

from pathlib import Path
from typing import Annotated

import typer

from dagster_project.erasure_commands import stop
from dagster_project.places import places


def carry_over(
    older: Annotated[
        Path, typer.Argument(help="The older warehouse, which was moved away.")
    ],
) -> None:
    """Let a warehouse that is made anew go on with who was who in an older one.

    Before its first run: person ids, their events, and what can be asked of yesterday.
    """
    import duckdb

    from dagster_project.encryption import WarehouseKeyError
    from dagster_project.erasure import register
    from dagster_project.linkage import carry_over as ledger
    from dagster_project.runs import RunFailedError, the_only_run
    from dagster_project.warehouse import WarehouseBusyError, open_warehouse

    here = places()
    if not older.is_file():
        stop(f"There is no file {older}.")
    if older.resolve() == here.warehouse.resolve():
        stop(f"{older} is the warehouse itself; move it to another name first.")
    if not here.person_key.exists():
        stop(
            f"{here.person_key} is not there, and without it every person would get "
            "another id; put it back beside the warehouse."
        )
    try:
        expunged = register.read(here.warehouse.parent)

        def instead_of(record: str) -> str | None:
            if expunged is None or not expunged.find(record):
                return None
            return register.PREFIX + register.hashed(expunged.key, record)

        with (
            the_only_run(here),
            open_warehouse(older, read_only=True) as old,
            open_warehouse(here.warehouse) as new,
        ):
            events = ledger.carry_over(old, new, instead_of)
    except ledger.CannotCarryOver as error:
        stop(f"Nothing was carried over: {error}.")
    except (
        RunFailedError,
        WarehouseBusyError,
        WarehouseKeyError,
        register.RegisterUnusable,
    ) as error:
        stop(str(error))
    except duckdb.Error as error:
        stop(f"{older} cannot be read: {str(error).splitlines()[0]}")
    print(f"{events:,} events carried over; 'throughline run' goes on with them.")
