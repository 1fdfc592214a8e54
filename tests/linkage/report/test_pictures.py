import re

import pytest

from dagster_project.linkage.report.pictures import Bar, bars


@pytest.mark.parametrize(
    ("values", "most", "shares"),
    [
        ([3, 6], None, [0.5, 1.0]),
        ([0.0007], 1.0, [0.0007]),
        ([0.25, 0.5], 1.0, [0.25, 0.5]),
        ([0, 0], None, [0, 0]),
    ],
)
def test_a_share_is_drawn_of_the_whole_and_a_count_of_the_greatest(
    values, most, shares
):
    drawn = bars([Bar("x", value, "n") for value in values], "x", most=most)
    whole = bars([Bar("x", 1, "n")], "x")
    widths, (full,) = (
        [float(w) for w in re.findall(r'<rect [^>]*width="([\d.]+)"', picture)]
        for picture in (drawn, whole)
    )
    assert widths == pytest.approx([share * full for share in shares], abs=0.1)
