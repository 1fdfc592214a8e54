"""What a test has done in a process of its own, and killed.

Belongs here: the work, and the moment at which it kills itself. Does not belong here:
what must be left of it.
"""

import os
import signal
from multiprocessing.connection import Connection
from typing import NoReturn

import duckdb

from dagster_project.departments import arriving, group, ledger, ledger_tables
from dagster_project.places import Places
from dagster_project.publication import marts_copy
from dagster_project.warehouse import SETTINGS, open_warehouse

from .aftermath import NOW, Home


def die(*_told: object) -> NoReturn:
    """End this process as the kernel would, without a chance to tidy up."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("it lives on")


def take(
    home: Home,
    opened: Connection | None = None,
    *,
    books: int = -1,
    inserts: int = -1,
    deliveries: int = 3,
    small: int = 1 << 20,
) -> None:
    """Take all deliveries and die at the nth booking, or at the nth insert.

    Args:
        home: Where they lie and go.
        opened: Is told when the warehouse is open.
        books: Which booking of deliveries, from 1; below that, none.
        inserts: Which insert of rows.
        deliveries: How many at most are taken in one transaction.
        small: Bytes up to which a delivery is taken together with others.
    """
    arriving.SETTLE_SECONDS = 0
    group.GROUP_DELIVERIES, group.SMALL_BYTES = deliveries, small
    left = {"book": books, "insert": inserts}
    insert, book = ledger_tables.insert, ledger_tables.insert_records

    def count(what: str) -> None:
        left[what] -= 1
        if left[what] == 0:
            die()

    def booked(connection: object, table: str, records: object) -> None:
        if table == "deliveries":
            count("book")
        book(connection, table, records)

    def counted(*told: object) -> object:
        count("insert")
        return insert(*told)

    ledger_tables.insert, ledger_tables.insert_records = counted, booked
    with duckdb.connect(str(home.warehouse)) as connection:
        if opened:
            opened.send("open")
        ledger.take_all(connection, home.landing, clock=lambda: NOW)


def publish(home: Home, moment: str) -> None:
    """Publish the marts and die before, or after, they are put in place."""
    replace = os.replace

    def replaced(source: str, target: str) -> None:
        if moment == "after":
            replace(source, target)
        die()

    marts_copy.os.replace = replaced
    with duckdb.connect(str(home.warehouse), config=SETTINGS) as warehouse:
        marts_copy.publish_marts(warehouse, home.marts, bytes(32))


def hold(home: Home, line: Connection) -> None:
    """Hold the warehouse as a run does, until something is said."""
    from dagster_project.runs import the_only_run  # seconds, but for a fork

    here = Places(home.landing, home.warehouse)
    with the_only_run(here), open_warehouse(here.warehouse):
        line.send("held")
        line.recv()
