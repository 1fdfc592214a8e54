"""How many twins a file is held to have, and when it is believed to have fewer."""

import numpy as np
import pytest

from dagster_project.linkage.classes import (
    MOST_TWINS,
    TWINS,
    told_by_ssn,
    twin_share,
)
from dagster_project.linkage.fields import FIELD_COUNT, LEVEL_SLOTS, field


@pytest.mark.parametrize(
    ("equal", "different", "told"),
    [(0, 0, 0.0), (40, 10, 0.0), (60, 15, 0.5), (90, 10, 1.0)],
)
def test_ssns_tell_who_is_who_where_most_pairs_have_two(equal, different, told) -> None:
    counts = np.zeros((FIELD_COUNT, LEVEL_SLOTS))
    counts[field("last"), 1] = 100
    counts[field("ssn"), 1], counts[field("ssn"), 5] = equal, different
    assert told_by_ssn(counts) == pytest.approx(told)


def test_a_file_without_ssns_is_told_of_twins_it_does_not_show() -> None:
    assert twin_share(50_000, 0, 0.0, told=0.0) == TWINS
    assert twin_share(50_000, 0, 0.08, told=0.0) > TWINS


def test_a_file_with_ssns_may_have_none() -> None:
    shares = [twin_share(n, 0, 0.08, told=1.0) for n in (100, 1_000, 10_000)]
    assert TWINS > shares[1] > shares[2] > 0
    assert shares[2] < TWINS / 30
    assert twin_share(10_000, 0, 0.08, told=0.5) > TWINS / 2, "half told, half held to"


def test_twins_that_ssns_show_are_counted() -> None:
    assert twin_share(10_000, 200, 0.02, told=1.0) == pytest.approx(0.02, rel=0.05)
    assert twin_share(1_000, 900, 0.02, told=1.0) == MOST_TWINS
