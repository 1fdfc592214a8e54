"""Which records may be linked, and which are enough to be a person by themselves.

Belongs here: the two rules. Does not belong here: what happens to the others (they get
``link_status`` 'unlinkable' and no person).
"""

from collections.abc import Collection

import numpy as np
from numpy.typing import NDArray

from dagster_project.linkage.coded import Coded
from dagster_project.linkage.initials import is_name
from dagster_project.linkage.standardise import Standard

YEAR = 1000 * 10000
"""Smallest yyyymmdd that holds a year."""


def may_join(records: Standard) -> NDArray[np.bool_]:
    """Return which records may be linked to others.

    A full SSN, or two of: forename, surname, birth date with at least the year, an
    SSN's last four, telephone, e-mail, street. How far that goes is for the model to
    say: a rare full name may be enough, a common one is not. One of them alone is
    evidence of nobody.
    """
    told = [
        _usable(records.first),
        _usable(records.last),
        records.dob >= YEAR,
        records.ssn_last4.codes > 0,
        records.phone.codes > 0,
        records.email.codes > 0,
        records.street.codes > 0,
    ]
    return (records.ssn.codes > 0) | (np.sum(told, axis=0) >= 2) | may_found(records)


def may_found(records: Standard, telling: Collection[str] = ()) -> NDArray[np.bool_]:
    """Return which records are a person even if they are linked to no other.

    A full SSN; or a usable name (a forename or surname that is neither an initial nor
    a placeholder) together with a birth date with at least the year, an SSN's last
    four, a telephone or an e-mail; or both names usable together with a street address.
    A source that holds none of these but names is judged by both names and a ZIP code:
    some departments share only name and place; ``telling`` names sources known to hold
    more.
    """
    full_ssn = records.ssn.codes > 0
    identifier = _identifier(records)
    first, last = _usable(records.first), _usable(records.last)
    street = records.street.codes > 0
    source = records.source.codes
    known = {*telling, *telling_sources(records)}
    poor = np.array([name not in known for name in records.source.values])
    aged = (records.year_low > 0) | (records.year_high > 0)
    place = street | aged | (poor[source] & (records.zip.codes > 0))
    return full_ssn | ((first | last) & identifier) | (first & last & place)


def telling_sources(records: Standard) -> tuple[str, ...]:
    """Return the sources that hold an identifier or a street of somebody."""
    holds = _identifier(records) | (records.street.codes > 0)
    found = np.unique(records.source.codes[holds])
    return tuple(records.source.values[code] for code in found.tolist())


def _identifier(records: Standard) -> NDArray[np.bool_]:
    return (
        (records.dob >= YEAR)
        | (records.ssn_last4.codes > 0)
        | (records.phone.codes > 0)
        | (records.email.codes > 0)
    )


def _usable(name: Coded) -> NDArray[np.bool_]:
    return np.array([is_name(value) for value in name.values])[name.codes]
