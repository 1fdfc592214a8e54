"""Which records carry enough identity to be linked at all.

Belongs here: the one rule. Does not belong here: what happens to the others (they get
``link_status`` 'unlinkable' and no person).
"""

import numpy as np
from numpy.typing import NDArray

from dagster_project.linkage.standardise import Standard

YEAR = 1000 * 10000
"""Smallest yyyymmdd that holds a year."""


def is_linkable(records: Standard) -> NDArray[np.bool_]:
    """Return which records may be linked.

    A record is linkable with a full SSN, or with a usable name (a forename or surname
    of two letters or more that is no placeholder) together with one more identifier: a
    birth date with at least the year, an SSN's last four, a telephone or an e-mail. A
    source that holds none of these four at all is judged by a full name with a street
    or ZIP code instead: some departments share only name and address.
    """
    full_ssn = records.ssn.codes > 0
    identifier = (
        (records.dob >= YEAR)
        | (records.ssn_last4.codes > 0)
        | (records.phone.codes > 0)
        | (records.email.codes > 0)
    )
    first, last = _usable(records.first), _usable(records.last)
    sources = len(records.source.values)
    poor = np.bincount(records.source.codes[identifier], minlength=sources) == 0
    place = (records.street.codes > 0) | (records.zip.codes > 0)
    by_place = poor[records.source.codes] & first & last & place
    return full_ssn | ((first | last) & identifier) | by_place


def _usable(name) -> NDArray[np.bool_]:
    return np.array([len(value) > 1 for value in name.values])[name.codes]
