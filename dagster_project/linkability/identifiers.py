"""How much identity each department's records carry, identifier by identifier.

Belongs here: completeness, validity, distinctiveness. Does not belong here: what a
usable value is (``linkage.standardise``), error rates (``quality_rows``).
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from dagster_project.linkage.coded import Codes
from dagster_project.linkage.held import IDENTIFIERS
from dagster_project.linkage.report.people import Recorded

DELIVERED = {
    "forename": "first_name",
    "surname": "last_name",
    "middle": "middle_name",
    "birth date": "dob",
    "sex": "sex",
    "SSN": "ssn",
    "SSN last 4": "ssn",
    "telephone": "phone",
    "e-mail": "email",
    "street": "address",
    "ZIP": "zip",
}
"""Identifier -> the column of a client record it is read from."""

FULL_SSN = 9
"""Digits of a whole social security number; fewer can only give the last four."""

COUNTED = (
    "Counted over the department's client records. Usable is what is left after "
    "placeholders, test values and impossible dates and numbers; a value is borne by "
    "people as linked at the default threshold, or by a record too thin to be linked."
)


@dataclass(frozen=True)
class Distinctiveness:
    """How well a value tells people apart; nan where nobody has one.

    Attributes:
        distinct: Number of different values.
        share_unique: Of people who have a value, the share nobody else shares it with.
        entropy_bits: Shannon's entropy (1948) of the values over people: how many
            yes-or-no questions one value answers.
        chance_matches: Other people who share a person's value, on average: the
            candidates that this identifier alone would wrongly bring.
    """

    distinct: int
    share_unique: float
    entropy_bits: float
    chance_matches: float


def distinctiveness(values: Codes, people: Codes) -> Distinctiveness:
    """Measure values over the people who bear them.

    Args:
        values: one per record, 0 where missing.
        people: whose record it is.

    With m_v the people who bear value v and M their sum, the expected number of others
    with the same value is sum m_v (m_v - 1) / M. A person who bears two values counts
    once with each.
    """
    present = values > 0
    if not present.any():
        return Distinctiveness(0, np.nan, np.nan, np.nan)
    borne = np.unique(np.column_stack([values[present], people[present]]), axis=0)
    _, bearers = np.unique(borne[:, 0], return_counts=True)
    total = bearers.sum()
    p = bearers / total
    return Distinctiveness(
        distinct=len(bearers),
        share_unique=float((bearers == 1).sum() / total),
        entropy_bits=abs(float(-(p * np.log2(p)).sum())),
        chance_matches=float((bearers * (bearers - 1)).sum() / total),
    )


def identifier_rows(
    recorded: Recorded, records: pa.Table, cluster: Codes
) -> Iterator[dict[str, object]]:
    """Yield one row per department and identifier.

    Args:
        recorded: the records as the linkage read them.
        records: what was delivered, in the same order.
        cluster: the person of each record, -1 for those too thin to be linked.
    """
    alone = cluster < 0
    people = np.where(alone, -1 - np.arange(len(cluster)), cluster)
    for name in IDENTIFIERS:
        values = recorded.held.values[name]
        delivered = _delivered(records, name)
        for number, department in enumerate(recorded.source.labels):
            inside = recorded.source.codes == number
            told = distinctiveness(values[inside], people[inside])
            usable = int((values[inside] > 0).sum())
            yield {
                "department": department,
                "identifier": name,
                "n_records": int(inside.sum()),
                # What is read from two fields may be usable where one is empty.
                "n_delivered": max(int(delivered[inside].sum()), usable),
                "n_usable": usable,
                "n_distinct": told.distinct,
                "share_unique": told.share_unique,
                "entropy_bits": told.entropy_bits,
                "chance_matches": told.chance_matches,
                "estimated_by": COUNTED,
            }


def _delivered(records: pa.Table, name: str) -> NDArray[np.bool_]:
    """Return which records have the column filled, with anything."""
    column = DELIVERED[name]
    if column not in records.column_names:
        return np.zeros(records.num_rows, np.bool_)
    length = pc.fill_null(pc.utf8_length(records[column].cast(pa.string())), 0)
    length = np.asarray(length.to_numpy())
    return length >= FULL_SSN if name == "SSN" else length > 0
