"""``throughline case``: who is put on the case conference's list, and taken off it.

Belongs here: arguments, what is printed, reading what the warehouse knows of a person.
Does not belong here: what may be decided (``case_conference.listing``), how it is kept
(``case_conference.list_file``).
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Annotated

import typer

from dagster_project.places import Places, places

app = typer.Typer(
    help="Put people on the case conference's list, and take them off it.",
    no_args_is_help=True,
)

Person = Annotated[str, typer.Argument(help="A person_id, as the marts show it.")]
By = Annotated[str, typer.Option(help="Staff id of who decides, without spaces.")]
Reason = Annotated[
    str, typer.Option(help="Why: a code; a wrong one is answered with all of them.")
]
Team = Annotated[str, typer.Option(help="Team code: who nominates, or leads.")]
MaybeTeam = Annotated[str | None, typer.Option(help="Team code, where one speaks.")]
OneListing = Annotated[
    str | None,
    typer.Option("--listing", help="Which listing, where a person has several."),
]


@app.command()
def nominate(person: Person, by: By, reason: Reason, team: Team) -> None:
    """Propose that the conference takes a person up."""
    _book("nominate", person, by, reason, team, None)


@app.command()
def include(
    person: Person,
    by: By,
    reason: Reason,
    team: MaybeTeam = None,
    listing: OneListing = None,
) -> None:
    """Take a nominated person up, if WIC 18999.8 lets departments talk about them."""
    _book("include", person, by, reason, team, listing)


@app.command()
def assign(
    person: Person, by: By, reason: Reason, team: Team, listing: OneListing = None
) -> None:
    """Give a person on the list a team that leads, or another one."""
    _book("assign", person, by, reason, team, listing)


@app.command()
def remove(
    person: Person,
    by: By,
    reason: Reason,
    team: MaybeTeam = None,
    listing: OneListing = None,
) -> None:
    """Take a person off the list; the history stays."""
    _book("remove", person, by, reason, team, listing)


@app.command("list")
def list_all() -> None:
    """Show every listing, its entries, and what became of its person."""
    from dagster_project.case_conference.list_file import read_case_list
    from dagster_project.case_conference.present import SAME, people_now
    from dagster_project.warehouse import open_warehouse

    here = places()
    with _refusals():
        _there_is_a_warehouse(here)
        listings = read_case_list(here.case_list)
        with open_warehouse(here.warehouse, read_only=True) as connection:
            now = people_now(connection, listings.values())
    for listing in listings.values():
        print(listing)
        for entry in listing.entries:
            team = f", {entry.team_code}" if entry.team_code else ""
            print(
                f"    {entry.decided_at:%Y-%m-%d} {entry.action}: {entry.reason}{team} "
                f"(by {entry.decided_by})"
            )
        who = now[listing.listing_id]
        if listing.is_open and who.identity_change != SAME:
            print(
                f"    For review, {who.identity_change}: {listing.last.person_id} is "
                f"{who.person_id or 'nobody any more'} today."
            )
    still_on = sum(listing.is_open for listing in listings.values())
    print(f"{still_on} on the list, {len(listings)} ever, in {here.case_list}")


def _book(
    action: str,
    person: str,
    by: str,
    reason: str,
    team: str | None,
    named: str | None,
) -> None:
    """Book an entry of a listing."""
    from dagster_project.case_conference import knowledge, listing
    from dagster_project.case_conference.entries import Entry
    from dagster_project.case_conference.list_file import adding_to
    from dagster_project.case_conference.present import people_now
    from dagster_project.warehouse import open_warehouse

    here = places()
    with _refusals():
        _there_is_a_warehouse(here)
        with adding_to(here.case_list) as (listings, add):
            with open_warehouse(here.warehouse, read_only=True) as connection:
                knowledge.check_person(connection, person)
                listing.check_team(team, knowledge.teams_at_work(connection))
                now = {
                    key: who.person_id
                    for key, who in people_now(connection, listings.values()).items()
                }
                found = listing.listing_of(person, listings, now, named)
                listing.check_place(action, person, found)
                new = Entry(
                    found.listing_id if found else listing.next_id(listings),
                    action,
                    person,
                    reason,
                    team,
                    by,
                    datetime.now(UTC).replace(microsecond=0),
                )
                listing.check(new, listings)
                if action == "include":
                    knowledge.check_eligible(connection, person)
            add(new)
            listing.take(new, listings)
            booked = listings[new.listing_id]
    print(f"{booked} is booked; the marts show it from the next run on.")


def _there_is_a_warehouse(here: Places) -> None:
    if not here.warehouse.exists():
        raise FileNotFoundError(
            f"There is no warehouse at {here.warehouse} yet; run 'throughline run'."
        )


@contextmanager
def _refusals() -> Iterator[None]:
    """Turn a refusal into its sentence on stderr and exit code 1."""
    import duckdb

    from dagster_project.case_conference.entries import Refused
    from dagster_project.case_conference.list_file import UnreadableCaseList
    from dagster_project.warehouse import WarehouseBusyError

    try:
        yield
    except duckdb.CatalogException:
        told = "The warehouse holds no case conference yet; run 'throughline run'."
    except duckdb.BinderException:
        told = "The warehouse is of an older release; run 'throughline run' first."
    except (Refused, UnreadableCaseList, WarehouseBusyError, OSError) as error:
        told = str(error)
    else:
        return
    print(told, file=sys.stderr)
    raise typer.Exit(1)
