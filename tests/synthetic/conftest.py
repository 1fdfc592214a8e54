"""Made-up cities the tests of this folder share."""

import pytest

from dagster_project.synthetic import lives, parameters
from dagster_project.synthetic.city import City

VILLAGE = 600
"""People: large enough for index events and overdoses, small enough for a second."""


@pytest.fixture(scope="session")
def village() -> City:
    """Return a small city with the stated effects."""
    return lives.simulate(parameters.load(), VILLAGE, seed=7)
