"""What the case conference decided about a person: what the entries add up to.

Belongs here: the states of a listing, and why an entry is refused that contradicts
them. Does not belong here: what an entry says (``entries``), the file of entries
(``list_file``), who a listed person is today (``present``).

A listing begins with a nomination and ends with a removal. Entries are only ever added.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dagster_project.case_conference.entries import (
    MAY_FOLLOW,
    STATES,
    Entry,
    Refused,
    check_words,
)


@dataclass(frozen=True)
class Listing:
    """A person's time on the list: its entries, oldest first, at least one."""

    entries: tuple[Entry, ...]

    @property
    def listing_id(self) -> str:
        """The listing's id."""
        return self.entries[0].listing_id

    @property
    def last(self) -> Entry:
        """The entry that tells the present state."""
        return self.entries[-1]

    @property
    def state(self) -> str:
        """nominated, included, assigned or removed."""
        return STATES[self.last.action]

    @property
    def is_open(self) -> bool:
        """Whether the person is still on the list."""
        return self.state != "removed"

    def __str__(self) -> str:
        """Return id, person, state and since when."""
        team = f" to {self.last.team_code}" if self.state == "assigned" else ""
        return (
            f"{self.listing_id} ({self.last.person_id}, {self.state}{team} since "
            f"{self.last.decided_at:%Y-%m-%d})"
        )


def replay(entries: Iterable[Entry]) -> dict[str, Listing]:
    """Return the listings that entries add up to, by id, in the order they began.

    Raises:
        Refused: an entry contradicts those before it.
    """
    listings: dict[str, Listing] = {}
    for entry in entries:
        take(entry, listings)
    return listings


def take(entry: Entry, listings: dict[str, Listing]) -> None:
    """Add an entry to the listings.

    Raises:
        Refused: the entry contradicts them; they stay as they are.
    """
    check(entry, listings)
    before = listings.get(entry.listing_id)
    earlier = before.entries if before else ()
    listings[entry.listing_id] = Listing((*earlier, entry))


def check(new: Entry, listings: Mapping[str, Listing]) -> None:
    """Refuse an entry that is not whole, or contradicts the listings so far."""
    check_words(new)
    listing = listings.get(new.listing_id)
    if new.action == "nominate":
        if listing is not None:
            raise Refused(f"{listing} was nominated before.")
        for other in listings.values():
            if other.is_open and other.last.person_id == new.person_id:
                raise Refused(f"{new.person_id} is on the list already: {other}.")
        return
    if listing is None:
        raise Refused(f"There is no listing {new.listing_id}; nominate first.")
    allowed = MAY_FOLLOW[new.action]
    if listing.state not in allowed:
        raise Refused(
            f"{listing} cannot be {STATES[new.action]}: only what is "
            f"{' or '.join(allowed)} can."
        )
    if listing.state == "assigned" and listing.last.team_code == new.team_code:
        raise Refused(f"{listing}: that team leads already.")
    if new.decided_at < listing.last.decided_at:
        raise Refused(
            f"{listing}: {new.decided_at.isoformat()} is before its last entry, "
            f"{listing.last.decided_at.isoformat()}."
        )


def check_team(team_code: str | None, at_work: Iterable[str]) -> None:
    """Refuse a team that is not at work today."""
    known = sorted(set(at_work))
    if team_code is not None and team_code not in known:
        raise Refused(
            f"There is no team {team_code} today; there are {', '.join(known)}."
        )


def listing_of(
    person_id: str,
    listings: Mapping[str, Listing],
    person_now: Mapping[str, str | None],
    named: str | None = None,
) -> Listing | None:
    """Return the open listing of a person, none if the person is not on the list.

    Args:
        person_id: The person as called today.
        listings: All of them.
        person_now: Listing -> who its person is today (``present``).
        named: The listing meant, where there are several: two people were listed and
            turned out to be one.

    Raises:
        Refused: there are several and none is named, or the one named is not theirs.
    """
    found = {
        listing.listing_id: listing
        for listing in listings.values()
        if listing.is_open and person_now.get(listing.listing_id) == person_id
    }
    if named is not None:
        if named not in found:
            raise Refused(f"{named} is no open listing of {person_id}.")
        return found[named]
    if len(found) > 1:
        raise Refused(
            f"{person_id} has several open listings, as people listed apart turned out "
            f"to be one: {', '.join(map(str, found.values()))}. Name one with "
            "--listing."
        )
    return next(iter(found.values()), None)


def check_place(action: str, person_id: str, found: Listing | None) -> None:
    """Refuse to nominate who is on the list, and to go on with who is not."""
    if action == "nominate" and found is not None:
        raise Refused(f"{person_id} is on the list already: {found}.")
    if action != "nominate" and found is None:
        raise Refused(f"{person_id} is not on the list; nominate first.")


def next_id(listings: Iterable[str]) -> str:
    """Return the id of the next listing: one more than the highest ever."""
    numbers = [int(name[1:]) for name in listings if name[1:].isdecimal()]
    return f"L{max(numbers, default=0) + 1}"
