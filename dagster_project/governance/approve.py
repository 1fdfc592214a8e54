"""Write an approval into the agreement's file.

Belongs here: adding one line, leaving every other byte as it was. Does not belong here:
how many approvals are needed (``in_force``).
"""

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import yaml

from dagster_project.departments.feed import Feed
from dagster_project.departments.feeds import FEEDS
from dagster_project.governance.agreement import Agreement
from dagster_project.governance.approvals import counted, person
from dagster_project.governance.in_force import checked
from dagster_project.governance.read import LOADER


class CannotApproveError(Exception):
    """Nothing was written, and why, in a sentence."""


def party_of(agreement: Agreement, role: str, party: str) -> str:
    """Return the party an approver speaks for: as named, or as their role ends.

    Raises:
        CannotApproveError: Neither names a party.
    """
    told = (party or role.rpartition(",")[2]).strip().casefold()
    for known in agreement.parties.values():
        if told in map(str.casefold, (known.code, known.short, known.name)):
            return known.code
    codes = ", ".join(agreement.parties)
    raise CannotApproveError(
        f"{told!r} is no party of the agreement; say --party, one of {codes}."
    )


def approve(
    path: Path,
    *,
    by: str,
    role: str,
    party: str = "",
    on: date,
    feeds: Sequence[Feed] = FEEDS,
) -> str:
    """Add an approval of the file's present content and say what is still needed.

    Args:
        path: The agreement, whose meaning must hold.
        by: Full name of the person who approves.
        role: What they are; may end in ", <party>".
        party: Party they speak for, unless the role says so.
        on: The day.
        feeds: What departments deliver.

    Raises:
        AgreementRefused: The content is wrong, so there is nothing to approve.
        CannotApproveError: They or their party approved this content before, or may
            not.
    """
    agreement = checked(path, feeds)
    code = party_of(agreement, role, party)
    if not person(by):
        raise CannotApproveError(
            f"{by!r} is nobody's name; give the full name of the person who approves."
        )
    if not agreement.parties[code].is_party_on(max(on, agreement.effective)):
        raise CannotApproveError(
            f"{agreement.parties[code].short} is no party on {on}; somebody of a party "
            "of that day must approve."
        )
    fresh = counted(agreement, on)
    for earlier in fresh:
        if person(earlier.by) == person(by):
            raise CannotApproveError(
                f"{earlier.by} approved this content on {earlier.on}; another person "
                "must approve too."
            )
        if earlier.party == code:
            raise CannotApproveError(
                f"{earlier.by} approved this content for {code}; another party must "
                "approve too."
            )
    _write(path, _entry(by, role, code, on, agreement.sha256))
    left = 2 - len(fresh) - 1
    return (
        f"{by} approved version {agreement.version} ({agreement.sha256[:12]}) for "
        f"{code}. " + ("It is in force." if left <= 0 else "One more party must.")
    )


def _entry(by: str, role: str, party: str, on: date, sha256: str) -> str:
    told = {"by": by, "role": role, "party": party}
    lines = yaml.safe_dump(told, allow_unicode=True, sort_keys=False, width=1000)
    first, *rest = lines.splitlines()
    rest += [f"on: {on}", f"sha256: {sha256}"]
    return "\n".join([f"  - {first}", *(f"    {line}" for line in rest)]) + "\n"


def _write(path: Path, entry: str) -> None:
    """Put an entry at the end of the approvals, by one rename."""
    text = path.read_text(encoding="utf-8")
    lines = text.splitlines(keepends=True)
    root = yaml.compose(text, Loader=LOADER)
    key, held = next(pair for pair in root.value if pair[0].value == "approvals")
    if held.value:
        # An entry ends before blank lines and comments that follow it.
        last = held.value[-1].value[-1][1].end_mark.line
        lines.insert(last + 1, entry)
    else:
        start, end = key.start_mark.line, held.end_mark.line
        lines[start : end + 1] = ["approvals:\n", entry]
    fresh = path.with_name(path.name + ".tmp")
    fresh.write_text("".join(lines), encoding="utf-8")
    os.chmod(fresh, path.stat().st_mode & 0o777)
    fresh.replace(path)
