"""The matrix of lags is shaded by what it prints."""

import pytest

from dagster_project.publication.page.sections.coordination import _drawn, _share


@pytest.mark.parametrize("share", [0.2951, 0.3049])
def test_a_cell_is_shaded_by_the_share_of_rounded_counts(share: float) -> None:
    # 29.5 and 30.5 of 100 are both 30 of 100.
    row = {"share_within_30d": share, "n_contacts": 100}
    assert _drawn(row) == 0.3 and _share(row).startswith("30")


def test_a_cell_of_few_has_neither_share_nor_shade() -> None:
    row = {"share_within_30d": 0.04, "n_contacts": 100}
    assert _drawn(row) is None and _share(row) == "–"
