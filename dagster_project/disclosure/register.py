"""The register of what was released, so that no release undoes another.

Belongs here: reading and writing the register. Does not belong here: what an earlier
release makes of today's cells (``tender``), suppressing a release (``suppress``).

A run proposes tables; a person releases them (``throughline public release``), as
CalHHS steps 5 and 6 ask for. A released period is repeated by every later run, figure
by figure: late data and better links do not change it, so there are no two versions to
subtract. A release that was wrong can be withdrawn; what it makes of the next one is
``tender``'s.
"""

import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


class ReleaseError(RuntimeError):
    """A release or withdrawal that makes no sense."""


@dataclass(frozen=True)
class Release:
    """One table's rows of one period, as released.

    Attributes:
        table: Name of the public table.
        shape: Name of the shape it was released in.
        period: The period.
        released_on: Day of the release, ISO.
        released_by: Who answers for it.
        rows: The public rows, hidden counts null.
        withdrawn_because: Why it no longer stands; None while it does.
        ended_on: Day on which its clock ran out and its rows were forgotten, ISO; see
            ``clock``.
    """

    table: str
    shape: str
    period: str
    released_on: str
    released_by: str
    rows: tuple[Mapping[str, Any], ...]
    withdrawn_because: str | None = None
    ended_on: str | None = None


def read_register(path: Path) -> list[Release]:
    """Return every release, oldest first; none when the register does not exist.

    Raises:
        ReleaseError: A line cannot be read; it is named.
    """
    if not path.exists():
        return []
    releases: list[Release] = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            told = json.loads(line)
            releases.append(Release(**told | {"rows": tuple(told["rows"])}))
        except (json.JSONDecodeError, KeyError, TypeError) as error:
            raise ReleaseError(
                f"line {number} of {path.name} is no release ({error}); put the file "
                "back from a backup, for without it a second release undoes the first"
            ) from error
    return releases


def write_register(path: Path, releases: Iterable[Release]) -> None:
    """Put the register in place whole, by one rename."""
    fresh = path.with_name(path.name + ".tmp")
    lines = (
        json.dumps(vars(release), ensure_ascii=False, default=str, sort_keys=True)
        for release in releases
    )
    with fresh.open("w", encoding="utf-8") as file:
        file.write("".join(f"{line}\n" for line in lines))
        file.flush()
        os.fsync(file.fileno())
    fresh.chmod(0o600)
    os.replace(fresh, path)


def standing(register: Sequence[Release]) -> list[Release]:
    """Return the releases that were not withdrawn."""
    return [release for release in register if release.withdrawn_because is None]


def shape_released(register: Sequence[Release], table: str) -> str | None:
    """Return the shape a table was last released in, withdrawn or not."""
    shapes = [release.shape for release in register if release.table == table]
    return shapes[-1] if shapes else None


def closed_periods(register: Sequence[Release]) -> set[str]:
    """Return the periods that take no further table: standing or ended ones.

    A table added later to a period would share margins with what is known of it, and
    what ended has its rows forgotten: no run could tell what a second version gives
    away.
    """
    ended = {one.period for one in register if one.ended_on is not None}
    return ended | {release.period for release in standing(register)}


def check_fresh(
    rows: Mapping[str, Sequence[Mapping[str, Any]]], register: Sequence[Release]
) -> None:
    """Refuse to release tables that a run wrote before the register changed.

    Raises:
        ReleaseError: A row is called released and does not stand, or the reverse.
    """
    stands = {(one.table, one.period) for one in standing(register)}
    for name, of_table in rows.items():
        for row in of_table:
            is_released = row["release_status"] == "released"
            if is_released != ((name, row["period"]) in stands):
                raise ReleaseError(
                    f"marts.{name} is older than the last release or withdrawal of "
                    f"{row['period']}; call 'throughline run' first."
                )


def proposals(
    rows: Mapping[str, Sequence[Mapping[str, Any]]],
    shapes: Mapping[str, str],
    *,
    released_on: str,
    released_by: str,
) -> list[Release]:
    """Return what a run proposes, table by table and period by period.

    Args:
        rows: Rows of each public table.
        shapes: The shape each is published in.
        released_on: Day of the release, ISO.
        released_by: Who answers for it.

    Raises:
        ReleaseError: Nobody answers for it.
    """
    if not released_by.strip():
        raise ReleaseError("Say who answers for the release.")
    found: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for name, of_table in rows.items():
        for row in of_table:
            if row["release_status"] == "proposed":
                found.setdefault((name, row["period"]), []).append(row)
    return [
        Release(name, shapes[name], period, released_on, released_by, tuple(of_period))
        for (name, period), of_period in sorted(found.items())
    ]


def release(
    register: Sequence[Release],
    proposed: Sequence[Release],
) -> list[Release]:
    """Return the register with what is proposed.

    Raises:
        ReleaseError: Nothing is proposed that was not released already.
    """
    known = {(one.table, one.period) for one in standing(register)}
    new = [one for one in proposed if (one.table, one.period) not in known]
    if not new:
        raise ReleaseError("Nothing is proposed that was not released already.")
    return [*register, *new]


def withdraw(
    register: Sequence[Release], period: str, reason: str, by: str
) -> list[Release]:
    """Return the register with every table of a period withdrawn.

    Raises:
        ReleaseError: Nothing stands released for the period, or no reason or name.
    """
    if not reason.strip() or not by.strip():
        raise ReleaseError("Say why the release is withdrawn, and who does it.")
    stands = {one.period for one in standing(register)}
    if period not in stands:
        there = ", ".join(sorted(stands)) or "none"
        raise ReleaseError(f"Nothing stands released for {period}; released: {there}.")
    return [
        Release(**vars(one) | {"withdrawn_because": f"{reason} ({by})"})
        if one.period == period and one.withdrawn_because is None
        else one
        for one in register
    ]
