"""How distinctive an identifier is among the records that have it.

Belongs here: completeness, distinctiveness. Does not belong here: which identifiers a
record holds (``linkage.held``).
"""

import numpy as np

from dagster_project.linkage.coded import Codes


def distinctiveness(values: Codes) -> tuple[float, float, float]:
    """Return share present, distinct values per present one, and entropy in bits.

    Shannon's entropy (1948) of the values among the records that have one: how many
    yes-or-no questions one value answers. It cannot exceed log2 of the records.
    """
    present = values[values > 0]
    if not len(values) or not len(present):
        return (0.0 if len(values) else np.nan), np.nan, np.nan
    _, counts = np.unique(present, return_counts=True)
    p = counts / len(present)
    entropy = float(-(p * np.log2(p)).sum())
    return len(present) / len(values), len(counts) / len(present), abs(entropy)
