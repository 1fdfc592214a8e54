"""The agreement a run works under: read, checked, approved, in force on the day.

Belongs here: the one way to get an agreement to work under. Does not belong here: what
is done under it.
"""

from collections.abc import Sequence
from datetime import date
from functools import lru_cache
from pathlib import Path

from dagster_project.departments.feed import Feed
from dagster_project.departments.feeds import FEEDS
from dagster_project.governance.agreement import Agreement
from dagster_project.governance.approvals import counted, judged, person
from dagster_project.governance.build import build
from dagster_project.governance.meaning import findings
from dagster_project.governance.read import AgreementRefused, Finding, Text, read
from dagster_project.governance.shape import check_shape
from dagster_project.places import agreement_file

APPROVALS_NEEDED = 2
"""A change of this weight takes two people (ASVS 5.0, v5.0.0-2.3.5), of two parties."""


def checked(path: Path, feeds: Sequence[Feed] = FEEDS) -> Agreement:
    """Return the agreement in a file whose shape and meaning hold.

    Raises:
        AgreementRefused: With the line of everything that is wrong.
    """
    return _checked(path, feeds)[0]


def _checked(path: Path, feeds: Sequence[Feed]) -> tuple[Agreement, Text]:
    text = read(path)
    check_shape(text)
    agreement = build(text)
    if found := findings(agreement, text, feeds):
        raise AgreementRefused(path, found)
    return agreement, text


def obstacles(agreement: Agreement, text: Text, today: date) -> list[Finding]:
    """Return why nobody may work under an agreement on a day, if so."""
    # A run may be of an earlier day than the one on which it is made.
    latest = max(today, date.today())
    found = [
        Finding(text.line("approvals", str(place)), why)
        for place, _, why in judged(agreement, latest)
        if why
    ]
    fresh = counted(agreement, latest)
    people = {person(a.by) for a in fresh}
    parties = {a.party for a in fresh}
    if min(len(people), len(parties)) >= APPROVALS_NEEDED:
        found = []
    else:
        have = " and ".join(f"{a.by} ({a.party})" for a in fresh) or "nobody"
        if len(fresh) >= APPROVALS_NEEDED:
            have += ", who are one person," if len(people) == 1 else ", of one party,"
        told = (
            f"version {agreement.version} was changed since it was approved, or never "
            f"was: {have} approved this content, two people of two parties must; read "
            "'throughline agreement diff OLD NEW', then 'throughline agreement approve'"
        )
        found.append(Finding(text.line("approvals"), told))
    if today < agreement.effective:
        told = f"it takes effect on {agreement.effective}, today is {today}; wait"
        found.append(Finding(text.line("agreement", "effective"), told))
    if today > agreement.expires:
        told = f"it expired on {agreement.expires}, today is {today}; renew it"
        found.append(Finding(text.line("agreement", "expires"), told))
    return found


def in_force(path: Path, today: date, feeds: Sequence[Feed] = FEEDS) -> Agreement:
    """Return the agreement to work under on a day.

    Raises:
        AgreementRefused: It is wrong, not approved as it stands, or not in force.
    """
    agreement, text = _checked(path, feeds)
    if found := obstacles(agreement, text, today):
        raise AgreementRefused(path, found)
    return agreement


def projects_agreement(today: date) -> Agreement:
    """Return the project's agreement, in force on a day; read again when it changes.

    Raises:
        AgreementRefused: It is wrong, not approved as it stands, or not in force.
    """
    path = agreement_file()
    try:
        seen = path.stat().st_mtime_ns, path.stat().st_size
    except OSError:
        seen = 0, 0
    return _kept(path, seen, today)


@lru_cache(maxsize=4)
def _kept(path: Path, seen: tuple[int, int], today: date) -> Agreement:
    return in_force(path, today)
