"""Which forenames are used for one another: a short list written by hand.

Belongs here: reading ``data/nicknames.csv`` and the canonical names of a forename.
Does not belong here: how much a shared canonical name is worth (``model``).
"""

import csv
from functools import cache
from importlib.resources import files

CANONICALS = 12
"""Most canonical names a forename has; 'alex' and 'kate' stand for many."""


@cache
def canonical_names() -> dict[str, tuple[str, ...]]:
    """Return forename -> the names it may stand for, itself first.

    Short forms of people met on American streets: English and Spanish ones above all,
    and those that cannot be heard in the name they stand for (Sasha, Dima, Gosia).
    """
    source = files("dagster_project.linkage") / "data" / "nicknames.csv"
    found: dict[str, list[str]] = {}
    with source.open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            found.setdefault(row["name"], [row["name"]])
            found.setdefault(row["nickname"], [row["nickname"]]).append(row["name"])
    return {name: tuple(names) for name, names in found.items()}
