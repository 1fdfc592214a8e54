"""Fixtures every test folder may use."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.finished_city import run_city
from tests.made_once import made_once

# A busy machine is slow, and the first call of a kernel loads it; neither is a fault.
settings.register_profile(
    "throughline", deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("throughline")

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_domain() -> Path:
    """Return the folder of public sample exports that lies beside a checkout."""
    folder = REPOSITORY.parent / "shared" / "domain"
    if not folder.is_dir():
        pytest.skip("the public sample exports (../shared/domain) are not here")
    return folder


@pytest.fixture(scope="session")
def city_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a finished run on the default city; nobody writes to it.

    Workers share one run. MADE_UP_CITY names a finished run to use instead: the same
    city every time, so that a test can be written without waiting for it.
    """
    if given := os.environ.get("MADE_UP_CITY"):
        return Path(given)
    return made_once(tmp_path_factory, "city", run_city)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes minutes, so that no worker ends with it alone."""
    items.sort(key=lambda item: item.get_closest_marker("city") is None)
