"""Whether others hold a value of a pair: only such a value may be called common.

Belongs here: counting the people who hold it. Does not belong here: what rarity is
worth (``weights``), frequencies (``frequencies``).
"""

from collections.abc import Mapping

import numpy as np

from dagster_project.linkage.coded import Codes
from dagster_project.linkage.encode import Encoded
from dagster_project.linkage.frequencies import term_values
from dagster_project.linkage.trained import Counts, value_reader

OF_THE_PAIR = 2
"""People that the two records of a pair may be: a third is somebody else."""


def others_hold(
    encoded: Encoded,
    person: Codes,
    column: str,
    pair: tuple[int, int],
    counts: Mapping[str, Counts] | None = None,
) -> bool:
    """Return whether somebody beside a pair holds one of its two values of a column.

    Args:
        encoded: the records.
        person: of each, its person.
        column: a term column.
        pair: places of two records that have a value.
        counts: of a model, which may know of more people than the file.
    """
    values = term_values(encoded, column)
    both = np.unique(values[list(pair)])
    if len(np.unique(person[np.isin(values, both)])) > OF_THE_PAIR:
        return True
    held = counts[column].held if counts else {}
    return bool(held) and any(
        value_reader(encoded, column)(int(value)) in held for value in both
    )
