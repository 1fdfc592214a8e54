"""A run's history tells how far a feed is, not of each delivery."""

from itertools import pairwise

import pytest

from dagster_project.defs.ingestion import TOLD, is_told


@pytest.mark.parametrize("total", [1, 2, TOLD, TOLD + 1, 80, 5_000])
def test_progress_is_told_from_the_first_to_the_last_delivery(total):
    told = [done for done in range(1, total + 1) if is_told(done, total)]
    assert told[0] == 1 and told[-1] == total
    assert min(total, TOLD) <= len(told) <= TOLD + 1
    steps = [after - before for before, after in pairwise(told)]
    assert max(steps, default=1) <= total / TOLD + 1, "nobody waits long for a line"
