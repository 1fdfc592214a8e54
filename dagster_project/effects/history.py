"""What the linked record says happened to each person, ready to be asked by day.

Belongs here: turning linked tables into arrays, and questions such as "the first such
event after this day" answered for many people at once. Does not belong here: which
events a measure asks about.

Persons are numbers (positions in the sorted list of person ids) and days count from
1970-01-01.
"""

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import ArrayLike, NDArray

Ints = NDArray[np.integer]
Flags = NDArray[np.bool_]
Texts = NDArray[np.object_]

NEVER = 1_000_000
"""A day that does not come; also the span that keeps persons apart in a key."""

COLUMNS = {
    "contacts": (
        "person_id",
        "contact_id",
        "contacted_on",
        "department",
        "contact_kind",
        "intervention_type",
        "is_hospital",
        "neighborhood",
        "hand_off",
    ),
    "offers": (
        "person_id",
        "offer_id",
        "offered_on",
        "department",
        "service_type",
        "is_accepted",
    ),
    "outcomes": ("person_id", "outcome_type", "occurred_on"),
    "stays": ("person_id", "stay_kind", "entered_on", "left_on"),
}
"""What each table must bring: contacts made with, and offers to, linked persons.

``intervention_type`` is the seed's type of the contact's kind, null where a clinic or
hospital met the person; ``is_hospital`` tells a hospital's contacts. ``hand_off`` is
``warm`` or ``none`` where a team's log tells, else null.
"""


class Timeline:
    """Days on which something happened, by person."""

    def __init__(self, person: Ints, day: Ints) -> None:
        self._keys = np.sort(person.astype(np.int64) * NEVER + day)

    def first(self, person: Ints, low: ArrayLike, high: ArrayLike) -> Ints:
        """Return the first day from ``low`` to ``high``, ends included, or NEVER."""
        base = person.astype(np.int64) * NEVER
        at = np.searchsorted(self._keys, base + low, side="left")
        found = np.append(self._keys, np.iinfo(np.int64).max)[at]
        return np.where(found <= base + high, found - base, NEVER)

    def count(self, person: Ints, low: ArrayLike, high: ArrayLike) -> Ints:
        """Return how many days, with repeats, from ``low`` to ``high`` included."""
        base = person.astype(np.int64) * NEVER
        up_to = np.searchsorted(self._keys, base + high, side="right")
        return up_to - np.searchsorted(self._keys, base + low, side="left")


@dataclass(frozen=True)
class Linked:
    """The linked record as arrays; each dict holds columns of equal length."""

    persons: int
    contacts: dict[str, NDArray]
    offers: dict[str, NDArray]
    outcomes: dict[str, NDArray]
    stays: dict[str, NDArray]
    data_through: int
    _outcome_days: dict[tuple[str, ...], Timeline] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def contact_days(self, chosen: Flags) -> Timeline:
        """Return the days of some contacts."""
        return Timeline(self.contacts["person"][chosen], self.contacts["day"][chosen])

    def outcome_days(self, *types: str) -> Timeline:
        """Return the days of some types of outcome; each question asks anew."""
        if types not in self._outcome_days:
            chosen = np.isin(self.outcomes["outcome_type"], types)
            self._outcome_days[types] = Timeline(
                self.outcomes["person"][chosen], self.outcomes["day"][chosen]
            )
        return self._outcome_days[types]


def from_tables(
    contacts: pa.Table,
    offers: pa.Table,
    outcomes: pa.Table,
    stays: pa.Table,
    data_through: date,
) -> Linked:
    """Return the linked record as arrays; nothing beyond ``data_through`` is kept.

    Args:
        contacts: One row per contact made with a linked person.
        offers: One row per offer to a linked person.
        outcomes: One row per outcome of a linked person.
        stays: One row per stay of a linked person; ``left_on`` null while it lasts.
        data_through: The last day the deliveries cover whole.

    Raises:
        ValueError: A table lacks a column.
    """
    tables = {
        "contacts": contacts,
        "offers": offers,
        "outcomes": outcomes,
        "stays": stays,
    }
    for name, table in tables.items():
        missing = sorted(set(COLUMNS[name]) - set(table.column_names))
        if missing:
            raise ValueError(f"{name}: column {', '.join(missing)} is missing")
    persons = sorted(
        set().union(*(table["person_id"].to_pylist() for table in tables.values()))
    )
    last = _day_number(data_through)
    day_of = {
        "contacts": "contacted_on",
        "offers": "offered_on",
        "outcomes": "occurred_on",
        "stays": "entered_on",
    }
    known = pa.array(persons, pa.string())
    read = {
        name: _arrays(table.select(COLUMNS[name]), known, day_of[name], last)
        for name, table in tables.items()
    }
    return Linked(len(persons), **read, data_through=last)


def _arrays(table: pa.Table, persons: pa.Array, day: str, last: int) -> dict:
    """Return a table's columns, its person and day as numbers, in time's order."""
    columns = {}
    for name in table.column_names:
        column = table[name].combine_chunks()
        if name == "person_id":
            columns["person"] = pc.index_in(column, persons).to_numpy()
        elif pa.types.is_date(column.type):
            days = _days(column)
            columns["day" if name == day else name] = days
        elif pa.types.is_boolean(column.type):
            filled = pc.fill_null(column, False)
            columns[name] = filled.to_numpy(zero_copy_only=False)
        else:
            columns[name] = column.to_numpy(zero_copy_only=False)
    kept = columns["day"] <= last
    order = np.lexsort((columns["day"][kept], columns["person"][kept]))
    return {name: values[kept][order] for name, values in columns.items()}


def _days(column: pa.Array) -> Ints:
    """Return days since 1970; an open end is NEVER."""
    number = pc.fill_null(column.cast(pa.date32()).cast(pa.int32()), NEVER - 1)
    return number.to_numpy().astype(np.int64)


def _day_number(day: date) -> int:
    return (day - date(1970, 1, 1)).days
