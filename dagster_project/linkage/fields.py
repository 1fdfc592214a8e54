"""The fields that are compared and the levels of agreement of each.

Belongs here: names and numbers of fields and levels, and which level is adjusted by how
common the agreeing value is. Does not belong here: deciding a level (``compare``),
weights (``model``).

Level 0 always means that a side is missing: evidence of nothing.
"""

from collections.abc import Iterable
from typing import NamedTuple

import numpy as np


class Field(NamedTuple):
    """A field and its levels from 1 upwards."""

    name: str
    levels: tuple[str, ...]


FIELDS = (
    Field(
        "first",
        (
            "equal",
            "nickname",
            "close",
            "alike",
            "initial",
            "similar",
            "middle_or_alias",
            "swapped",
            "different",
        ),
    ),
    Field(
        "last",
        (
            "equal",
            "shared_word",
            "close",
            "alike",
            "similar",
            "as_first",
            "as_middle",
            "different",
        ),
    ),
    Field(
        "dob",
        (
            "equal",
            "one_slip",
            "two_parts",
            "first_of_january",
            "month_and_day",
            "two_digits",
            "different",
        ),
    ),
    Field("birth_year", ("equal", "one_off", "slip", "different")),
    Field("age", ("within", "two_off", "six_off", "different")),
    Field("ssn", ("equal", "one_slip", "two_digits", "last_four", "different")),
    Field("ssn_last4", ("equal", "different")),
    Field("phone", ("equal", "nearly_equal", "different")),
    Field("email", ("equal", "same_local_part", "different")),
    Field(
        "address",
        (
            "street",
            "close_street",
            "zip_alone",
            "zip_other_street",
            "city_alone",
            "city_other_place",
            "different",
        ),
    ),
    Field(
        "middle",
        ("equal", "initial", "same_letter", "different", "different_with_forename"),
    ),
    Field("sex", ("equal", "different", "different_with_forename")),
    Field("suffix", ("equal", "different")),
    Field("full_name", ("both_equal", "not_both")),
    Field("extra_1", ("equal", "different")),
    Field("extra_2", ("equal", "different")),
)
"""Full and partial evidence are separate fields (dob / birth_year / age, ssn /
ssn_last4): how precise a department is says nothing about who the person is, and in one
field its share of a level would be taken for agreement. ``full_name`` is no evidence of
its own: it takes back what forename and surname count twice (``name_dependence``). Sex
or a middle name that differs together with the forename is a level of its own, which is
not counted by itself (``changed_names``). The two extra fields hold what the caller
names (an occupation, say) and are missing everywhere otherwise."""

EXTRA_FIELDS = ("extra_1", "extra_2")
"""Their number is fixed because the kernels are compiled for it."""

FIELD_NAMES = tuple(field.name for field in FIELDS)
FIELD_COUNT = len(FIELDS)
LEVEL_SLOTS = 1 + max(len(field.levels) for field in FIELDS)
"""Width of every table over levels: level 0 and the longest list."""

LEVEL_COUNTS = np.array([len(field.levels) for field in FIELDS], np.int64)


def field(name: str) -> int:
    """Return the place of a field."""
    return FIELD_NAMES.index(name)


def level(field_name: str, level_name: str) -> int:
    """Return the number of a level."""
    return 1 + FIELDS[field(field_name)].levels.index(level_name)


class TermRule(NamedTuple):
    """Agreement at this level is worth more when the value is rare.

    ``scale`` and the bounds clip the log ratio of the chance of agreeing in this pair
    of sources to the frequency of the value. Names that changed places are worth less
    where both are common and never more where they are rare: a name is mostly rare in
    the other's place, and one of a further word in any.
    """

    field: str
    level: str
    column: str
    scale: float = 1.0
    low: float = -5.0
    high: float = 5.0
    beside: str = ""  # a second column whose value agrees too


CLIP = 5.0
"""Largest adjustment in nats (a factor of 150); 8 gained nothing."""

FUZZY = 0.5
"""Share of the adjustment that a nearly equal name earns; all of it was noise."""

TERM_RULES = (
    TermRule("first", "equal", "first"),
    TermRule("first", "swapped", "first", high=0.0, beside="last"),
    TermRule("last", "equal", "last"),
    TermRule("dob", "equal", "birth_date"),
    TermRule("birth_year", "equal", "birth_year"),
    TermRule("ssn", "equal", "ssn"),
    TermRule("ssn_last4", "equal", "ssn_last4"),
    TermRule("phone", "equal", "phone"),
    TermRule("email", "equal", "email"),
    TermRule("address", "street", "street"),
    TermRule("address", "zip_alone", "zip"),
    TermRule("address", "zip_other_street", "zip"),
    TermRule("address", "city_alone", "city"),
    TermRule("address", "city_other_place", "city"),
    TermRule("middle", "equal", "middle"),
    *(TermRule(name, "equal", name) for name in EXTRA_FIELDS),
    *(
        TermRule(name, near, name, FUZZY, 0.0, CLIP)
        for name in ("first", "last")
        for near in (
            ("nickname", "close", "alike")
            if name == "first"
            else ("shared_word", "close", "alike")
        )
    ),
)
TERM_COLUMNS = tuple(dict.fromkeys(rule.column for rule in TERM_RULES))

EXACT_COLUMNS = {
    "first": "first",
    "last": "last",
    "dob": "birth_date",
    "ssn": "ssn",
    "phone": "phone",
    "email": "email",
    "address": "street",
    "middle": "middle",
    **{name: name for name in EXTRA_FIELDS},
}
"""Fields whose level 1 is 'the same value in this column', so that its chance among all
pairs is known in closed form from counts."""


class TermTables(NamedTuple):
    """The rules as arrays over [field, level] for the kernels; column -1 = no rule."""

    column: np.ndarray
    scale: np.ndarray
    low: np.ndarray
    high: np.ndarray
    beside: np.ndarray


def term_tables() -> TermTables:
    """Return ``TERM_RULES`` as arrays."""
    shape = (FIELD_COUNT, LEVEL_SLOTS)
    tables = TermTables(
        np.full(shape, -1, np.int64),
        np.zeros(shape),
        np.zeros(shape),
        np.zeros(shape),
        np.full(shape, -1, np.int64),
    )
    for rule in TERM_RULES:
        place = field(rule.field), level(rule.field, rule.level)
        tables.column[place] = TERM_COLUMNS.index(rule.column)
        tables.scale[place] = rule.scale
        tables.low[place] = rule.low
        tables.high[place] = rule.high
        if rule.beside:
            tables.beside[place] = TERM_COLUMNS.index(rule.beside)
    return tables


def pattern_text(levels: Iterable[int]) -> str:
    """Return an agreement pattern in words: ``first=equal last=close dob=equal``."""
    told = [words[n] for words, n in zip(_AGREEMENTS, levels, strict=True) if n]
    return " ".join(told)


_AGREEMENTS = [["", *(f"{f.name}={level}" for level in f.levels)] for f in FIELDS]
