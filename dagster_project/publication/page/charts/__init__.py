"""The shapes of the page's pictures.

Belongs here: charts from figures that are already rounded, a module per family of
shapes. Does not belong here: what is shown of a figure (``page.rounding``), how a chart
becomes SVG (``page.svg``).
"""

from dagster_project.publication.page.charts.bars import bars, rates, stacked
from dagster_project.publication.page.charts.forest import Compared, forest
from dagster_project.publication.page.charts.matrix import matrix
from dagster_project.publication.page.charts.over_time import curves, flow, trend

__all__ = [
    "Compared",
    "bars",
    "curves",
    "flow",
    "forest",
    "matrix",
    "rates",
    "stacked",
    "trend",
]
