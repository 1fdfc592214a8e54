"""Which records carry enough identity to be linked at all.

Belongs here: the one rule. Does not belong here: what happens to the others (they get
``link_status`` 'unlinkable' and no person).
"""

import numpy as np
from numpy.typing import NDArray

from dagster_project.linkage.coded import Coded
from dagster_project.linkage.standardise import Standard

YEAR = 1000 * 10000
"""Smallest yyyymmdd that holds a year."""


def is_linkable(records: Standard) -> NDArray[np.bool_]:
    """Return which records may be linked.

    A record is linkable with a full SSN; or with a usable name (a forename or surname
    of two letters or more that is no placeholder) together with a birth date with at
    least the year, an SSN's last four, a telephone or an e-mail; or with both names
    usable together with a street address. A source that holds none of these but names
    is judged by both names and a ZIP code: some departments share only name and place.
    """
    full_ssn = records.ssn.codes > 0
    identifier = (
        (records.dob >= YEAR)
        | (records.ssn_last4.codes > 0)
        | (records.phone.codes > 0)
        | (records.email.codes > 0)
    )
    first, last = _usable(records.first), _usable(records.last)
    street = records.street.codes > 0
    sources = len(records.source.values)
    source = records.source.codes
    poor = np.bincount(source[identifier | street], minlength=sources) == 0
    aged = (records.year_low > 0) | (records.year_high > 0)
    place = street | aged | (poor[source] & (records.zip.codes > 0))
    return full_ssn | ((first | last) & identifier) | (first & last & place)


def _usable(name: Coded) -> NDArray[np.bool_]:
    return np.array([len(value) > 1 for value in name.values])[name.codes]
