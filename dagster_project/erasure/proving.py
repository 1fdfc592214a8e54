"""Prove that whoever was to be erased is gone, once a run has built everything anew.

Belongs here: writing the file anew, searching, signing, closing the order. Does not
belong here: erasing (``carrying_out``).
"""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

from dagster_project.encryption import rewrite, warehouse_key
from dagster_project.erasure import manifest, orders, register
from dagster_project.erasure.fingerprints import fingerprints
from dagster_project.erasure.needles import needles_of
from dagster_project.erasure.orders import Order
from dagster_project.erasure.search import Searched, search
from dagster_project.erasure.shared_copies import left
from dagster_project.places import Places
from dagster_project.warehouse import open_warehouse


class NotProven(RuntimeError):
    """Something of a client who was to be erased is left; where, and what."""


def prove(
    here: Places, *, run_id: str, agreement_sha256: str, now: datetime
) -> list[Path]:
    """Prove every order that was carried out, and return the manifests.

    The warehouse is written anew first: rows that were deleted lie in free blocks of a
    file until others take their place. Nobody else may have it open.

    Args:
        here: The warehouse and what lies beside it.
        run_id: The run that built everything anew.
        agreement_sha256: The agreement it worked under.
        now: The run's clock (UTC).

    Raises:
        NotProven: Something is left; the order stays open.
    """
    folder = here.warehouse.parent
    carried_out = [o for o in orders.open_orders(folder) if o.before]
    if not carried_out:
        return []
    key = warehouse_key()
    rewrite(here.warehouse, key, key)
    with open_warehouse(here.warehouse, read_only=True) as connection:
        after = fingerprints(connection)
        moved = dict(
            connection.execute(
                "select kind, count(*) from linkage.identity_events where run_id = ? "
                "group by all order by all",
                [run_id],
            ).fetchall()
        )
    written = []
    for order in carried_out:
        searched = _searched(here, order)
        told = manifest.content(
            order,
            hashes=_hashes(folder, order),
            after=after,
            moved=moved,
            searched=searched,
            run_id=run_id,
            agreement_sha256=agreement_sha256,
            proven_at=now.isoformat(),
        )
        written.append(manifest.write(folder, told))
        orders.close(folder, order)
    return written


def _searched(here: Places, order: Order) -> Searched:
    needles = needles_of(order.client_records, order.persons, order.identities)
    searched = search(here, order.client_records, needles)
    ids = [*order.client_records, *order.persons]
    asked, traces = left(here.shared_databases, ids)
    searched = replace(searched, databases=asked, traces=(*searched.traces, *traces))
    if searched.traces:
        told = "\n".join(f"  {trace.where}: {trace.what}" for trace in searched.traces)
        raise NotProven(
            f"Erasure {order.erasure_id} is not proven; of the client there is left:\n"
            f"{told}\nThe tables are built and published without the client's records. "
            "Remove what is left and run again; the erasure stays open until then."
        )
    return searched


def _hashes(folder: Path, order: Order) -> dict[str, str]:
    key = register.key_beside(folder)
    if key is None:
        raise register.RegisterUnusable(f"{folder / register.KEY_FILE} is gone.")
    ids = (*order.client_records, *order.persons)
    return {told: register.hashed(key, told) for told in ids}
