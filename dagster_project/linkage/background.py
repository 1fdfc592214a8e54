"""What a run knew beside its tables, kept for whoever reports on it at once.

Belongs here: the one record of it. Does not belong here: the tables (``tables``), what
``explain`` needs (``link.Run``).
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dagster_project.linkage.encode import Encoded
from dagster_project.linkage.held import Held
from dagster_project.linkage.model import Model
from dagster_project.linkage.strata import Strata


@dataclass(frozen=True)
class Background:
    """Reading records again costs a sixth of the command; this saves it."""

    names: pa.Table  # the written names, in the order of the partition
    held: Held  # in the same order
    rows: NDArray[np.int64]  # places there of the linkable records; below is of those
    encoded: Encoded
    strata: Strata
    model: Model  # over ``strata``; a model trained elsewhere knows other sources
    log_frequency: NDArray[np.float32]
    left: NDArray[np.int32]  # places of the candidate pairs' records in the partition
    right: NDArray[np.int32]
