"""What the departments hold of the city's people, as tables.

Belongs here: frozen structs of equal-length arrays, one row per client record or change
of one. Does not belong here: how a record comes to differ from the person
(``identity``), how an export looks (``export``).
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from dagster_project.synthetic.city import Flags, Ints


@dataclass(frozen=True)
class Records:
    """One row per department's record of a client, as that department holds it.

    Text fields are object arrays of str, ``""`` where the department holds nothing.
    """

    record_id: NDArray[np.object_]  # equals int_client_records.client_record_id
    system: Ints
    source_record_id: NDArray[np.object_]
    person: Ints  # -1 for a test client
    first: NDArray[np.object_]
    middle: NDArray[np.object_]
    last: NDArray[np.object_]
    suffix: NDArray[np.object_]
    alias: NDArray[np.object_]
    dob: NDArray[np.object_]  # ISO
    age: Ints
    ssn: NDArray[np.object_]  # nine digits, or four
    name_quality: Ints  # HMIS data quality codes 1, 2, 8, 9, 99
    dob_quality: Ints
    ssn_quality: Ints
    sex: NDArray[np.object_]  # F, M or ""
    gender: NDArray[np.object_]
    race: NDArray[np.object_]  # names of HERITAGES-like federal groups, ";"-joined
    ethnicity: NDArray[np.object_]  # hispanic, not_hispanic or ""
    phone: NDArray[np.object_]
    email: NDArray[np.object_]
    address: NDArray[np.object_]
    city: NDArray[np.object_]
    zip: NDArray[np.object_]
    created_day: Ints
    updated_day: Ints
    merged_into: Ints  # row of Records
    merged_day: Ints
    deleted_day: Ints
    test_client: Flags
    linkable: Flags  # carries enough for a careful human to link it
    record_of_report: Ints  # one per report: row of Records
    record_of_stay: Ints  # one per stay: row of Records


@dataclass(frozen=True)
class Corrections:
    """One row per later change to a field: what the profile said before."""

    row: Ints
    field: NDArray[np.object_]
    before: NDArray[np.object_]
    day: Ints
