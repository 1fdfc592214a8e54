"""``throughline retention``: what the agreement's clocks end, counted or ended.

Belongs here: arguments, and what is printed: counts, periods and days, no client. Does
not belong here: the clocks (``erasure.retention``, ``disclosure.clock``,
``run_history``, ``shared_warehouse.audit_clock``).
"""

import os
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import typer

from dagster_project.erasure_commands import AsOf, carry_out, change, clock, stop
from dagster_project.places import Places, places

if TYPE_CHECKING:
    from dagster_project.governance.agreement import Agreement

BY_HAND = (
    "  The server's own log files: whoever operates the server deletes them; what is "
    "older is not shown any more."
)


def retention(
    dry_run: Annotated[
        bool, typer.Option(help="Count what would end; change nothing.")
    ] = False,
    as_of: AsOf = "",
) -> None:
    """End what is too old, as the sharing agreement says; every run does so too."""
    from dagster_project.governance.in_force import projects_agreement
    from dagster_project.governance.read import AgreementRefused

    here, now = places(), clock(as_of)
    try:
        agreement = projects_agreement(now.date())
    except AgreementRefused as refused:
        stop(str(refused))

    def look(connection: Any) -> Any:
        from dagster_project.erasure import retention as clocks

        last = clocks.last_days(agreement, now.date())
        found = clocks.ended(connection, last, now.date())
        for tier, day in last.items():
            days = agreement.retention[tier].days
            print(f"{tier}: {days} days after the last contact, so before {day}")
        for (department, tier), records in clocks.counts(found).items():
            print(f"  {department}, {tier}: {records:,} client records")
        if not found:
            print("Nobody's time is up.")
        return None if dry_run else clocks.open_order(connection, here, agreement, now)

    order = change(here, look)
    others = _releases(here, agreement, now.date()) + _audit(here, agreement)
    if dry_run:
        return
    if order:
        carry_out(here, order, as_of)
    elif others:
        _run(here, as_of)
        print("What was too old has ended.")


def _releases(here: Places, agreement: "Agreement", today: date) -> int:
    """Print the public releases whose time is up, and return how many they are."""
    from dagster_project.disclosure.clock import TIER, ended, last_day
    from dagster_project.disclosure.register import ReleaseError, read_register

    last = last_day(agreement, today)
    days = agreement.retention[TIER].days
    print(f"{TIER}: {days} days after the release, so before {last}")
    try:
        found = ended(read_register(here.public_releases), last)
    except ReleaseError as error:
        stop(str(error))
    for one in found:
        print(f"  {one.period} {one.table}: released {one.released_on}")
    return len(found)


def _audit(here: Places, agreement: "Agreement") -> int:
    """Print what of the audit is too old, and return how many runs and events."""
    days = agreement.retention["audit"].days
    print(f"audit: {days} days after it was written")
    runs = _runs(here, days)
    print(f"  the run history: {runs:,} runs")
    events = _events()
    if events is None:
        print("  the shared database: set THROUGHLINE_POSTGRES to count there")
    else:
        print(f"  the shared database's audit.events: {events:,} rows")
    print(BY_HAND)
    return runs + (events or 0)


def _runs(here: Places, days: int) -> int:
    from dagster_project.run_history import runs_before
    from dagster_project.runs import history

    if not here.dagster_home.exists():
        return 0
    with history(here) as instance:
        return len(runs_before(instance, days))


def _events() -> int | None:
    """Ask the shared database; None where none is configured."""
    from dagster_project.shared_warehouse.asking import ended_events
    from dagster_project.shared_warehouse.connections import (
        CONNECTION,
        ConnectionRefused,
    )
    from dagster_project.shared_warehouse.steps import PublishError

    given = os.environ.get(CONNECTION)
    try:
        return ended_events(given) if given else None
    except (ConnectionRefused, PublishError) as error:
        stop(str(error))


def _run(here: Places, as_of: str) -> None:
    from dagster_project.runs import RunFailedError, run_everything
    from dagster_project.warehouse import WarehouseBusyError

    try:
        run_everything(here, as_of=as_of)
    except (RunFailedError, WarehouseBusyError) as error:
        stop(str(error))
