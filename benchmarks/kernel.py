"""Print how many candidate pairs are compared and the CPU seconds it takes.

Belongs here: the comparison kernel alone, on the pairs that blocking makes. Does not
belong here: the limit it is held to (``linkage_speed``).
"""

import sys
import time

import numpy as np

from benchmarks.made_up_people import made_up_people
from dagster_project.linkage.blocking import block
from dagster_project.linkage.blocking_keys import KeyParts
from dagster_project.linkage.columns import read_columns
from dagster_project.linkage.compare import compare
from dagster_project.linkage.encode import encode
from dagster_project.linkage.linkable import may_join
from dagster_project.linkage.standardise import standardise

WARM = 1000
"""Pairs compared first, so that loading the compiled kernel is not counted."""


def main() -> None:
    """Compare the candidates of a made-up file of the size given."""
    standard = standardise(read_columns(made_up_people(int(sys.argv[1]))))
    encoded = encode(standard.take(np.flatnonzero(may_join(standard))))
    left, right, _, record = block(KeyParts(encoded)).pairs
    encoded = encoded.take(record)
    compare(encoded, left[:WARM], right[:WARM])
    began = time.process_time()
    compare(encoded, left, right)
    print(len(left), time.process_time() - began)


if __name__ == "__main__":
    main()
