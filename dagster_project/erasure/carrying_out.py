"""Carry out what is open, before a run builds any table.

Belongs here: the order of the steps, so that a kill between any two is mended by the
next run. Does not belong here: the steps.

The register comes first: from then on no delivery brings the client back. The rows go
in one transaction with what the ledger counts of them, and what the identity ledger
says of them. Stewards' files are mended last; to mend them twice changes nothing.
"""

from dataclasses import replace
from datetime import datetime

import duckdb

from dagster_project.erasure import orders, raw_rows, register, traces
from dagster_project.erasure.fingerprints import fingerprints, tables
from dagster_project.erasure.following import completed, is_following
from dagster_project.erasure.needles import Haystack, needles_of
from dagster_project.erasure.newest import newest
from dagster_project.erasure.orders import Order
from dagster_project.erasure.register import Entry, hashed
from dagster_project.erasure.search import shared
from dagster_project.places import Places


def carry_out(connection: duckdb.DuckDBPyConnection, here: Places) -> list[Order]:
    """Carry out every open order, and return them.

    Raises:
        RegisterUnusable: The register cannot be read or written.
    """
    folder = here.warehouse.parent
    done = []
    for order in orders.open_orders(folder):
        if _is_overtaken(connection, order):
            orders.close(folder, order)
        else:
            done.append(_carry_out(connection, here, order))
    _keep_out(connection, here)
    return done


def _is_overtaken(connection: duckdb.DuckDBPyConnection, order: Order) -> bool:
    """Say whether a client whose time was up came back since, before it was begun.

    Then the clocks are read anew at the end of the run that brought the news: they are
    a person's, and who is a person may have changed.
    """
    if not order.untouched_since or order.before:
        return False
    days = newest(connection, frozenset(order.client_records).__contains__)
    return any(day >= order.untouched_since for day in days.values())


def enter(here: Places, order: Order) -> register.Register:
    """Enter an order in the register and return it.

    Raises:
        RegisterUnusable: The key behind it is gone.
    """
    folder = here.warehouse.parent
    key = register.key_beside(folder)
    if key is None:
        raise register.RegisterUnusable(
            f"{folder / register.KEY_FILE} is gone; put the copy back that was kept."
        )
    hashes = tuple(sorted(hashed(key, record) for record in order.client_records))
    register.add(
        folder,
        Entry(order.erasure_id, order.kind, order.at, order.by, order.reason, hashes),
    )
    return register.Register((), key)


def _carry_out(
    connection: duckdb.DuckDBPyConnection, here: Places, order: Order
) -> Order:
    folder = here.warehouse.parent
    if not order.before:
        if is_following(order):
            order = completed(connection, order)
        order = replace(order, before=fingerprints(connection))
        orders.keep(folder, order)
    key = enter(here, order).key
    instead = {
        record: register.PREFIX + hashed(key, record) for record in order.client_records
    }
    connection.execute("begin transaction")
    try:
        erased = take_out(connection, order)
        changed = {}
        is_linked = ("linkage", "identity_events") in tables(connection)
        if is_linked and (events := traces.in_ledger(connection, instead)):
            changed["linkage.identity_events"] = events
        # What an earlier attempt committed is not there any more to be counted.
        order = replace(
            order, erased=erased or order.erased, changed=changed or order.changed
        )
        orders.keep(folder, order)
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")
    persons = {p: register.PREFIX + hashed(key, p) for p in order.persons}
    if lines := traces.in_files(folder, instead, persons):
        order = replace(order, changed={**order.changed, **lines})
        orders.keep(folder, order)
    return order


def take_out(
    connection: duckdb.DuckDBPyConnection, order: Order
) -> dict[str, dict[str, int]]:
    """Take delivered rows out, inside the caller's transaction; return how many.

    Returns:
        Raw table, or ``quarantined_rows``, to delivery to rows.
    """
    holds = frozenset(order.client_records).__contains__
    erased = raw_rows.erase_loaded(connection, holds)
    who = needles_of((), (), order.identities)
    others = shared(connection, who)
    stack = Haystack(needle for needle in who if needle not in others)
    erased |= raw_rows.erase_waiting(
        connection, holds, lambda text: bool(stack.found(text))
    )
    return {table: dict(counts) for table, counts in erased.items()}


def _keep_out(connection: duckdb.DuckDBPyConnection, here: Places) -> None:
    """Take out again whoever came back with nothing newer than the end of their time.

    A later full export may hold a client whose time was up. With something newer the
    client is one again, and so is what stewards wrote of them; without, the rows go
    before a table is built of them.
    """
    known = register.read(here.warehouse.parent)
    ended: dict[str, datetime] = {}
    for entry in known.entries if known else ():
        for told in entry.hashes:
            if entry.kind == "retention":
                ended[told] = max(entry.at, ended.get(told, entry.at))
    if not ended:
        return
    told_of: dict[str, str] = {}

    def is_ended(record: str) -> bool:
        if record not in told_of:
            told_of[record] = hashed(known.key, record)
        return told_of[record] in ended

    days = newest(connection, is_ended)
    back = {r for r, day in days.items() if day <= _day(ended[told_of[r]])}
    traces.put_back(
        here.warehouse.parent,
        {register.PREFIX + told_of[record]: record for record in days.keys() - back},
    )
    if not back:
        return
    connection.execute("begin transaction")
    try:
        raw_rows.erase_loaded(connection, back.__contains__)
        raw_rows.erase_waiting(connection, back.__contains__, lambda text: False)
    except BaseException:
        connection.execute("rollback")
        raise
    connection.execute("commit")


def _day(at: datetime) -> str:
    return at.date().isoformat()
