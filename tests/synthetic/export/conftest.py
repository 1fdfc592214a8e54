"""A small city, delivered once for all tests of the export."""

from pathlib import Path
from types import SimpleNamespace

import pytest

from dagster_project.synthetic import lives, parameters
from dagster_project.synthetic.export import write_deliveries
from tests.synthetic.export.stand_in import stand_in_records

SEED = 5


@pytest.fixture(scope="session")
def small_city():
    """Simulate 150 people."""
    return lives.simulate(parameters.load(), 150, SEED)


def _deliver(city, folder: Path, faults: bool) -> SimpleNamespace:
    records, corrections = stand_in_records(city)
    landing, truth = folder / "landing", folder / "truth"
    written = write_deliveries(
        city, records, corrections, landing, truth, SEED, faults=faults
    )
    return SimpleNamespace(
        city=city,
        records=records,
        corrections=corrections,
        landing=landing,
        truth=truth,
        written=written,
    )


@pytest.fixture(scope="session")
def delivered(small_city, tmp_path_factory):
    """Deliver the city without faults."""
    return _deliver(small_city, tmp_path_factory.mktemp("good"), faults=False)


@pytest.fixture(scope="session")
def spoiled(small_city, tmp_path_factory):
    """Deliver the city with all planted faults."""
    return _deliver(small_city, tmp_path_factory.mktemp("spoiled"), faults=True)


@pytest.fixture(scope="session")
def spoiled_again(small_city, tmp_path_factory):
    """Deliver the same once more."""
    return _deliver(small_city, tmp_path_factory.mktemp("again"), faults=True)
