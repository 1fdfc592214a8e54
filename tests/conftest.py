"""Fixtures every test folder may use."""

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.finished_runs import run_city, run_village
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


@pytest.fixture(scope="session")
def village_run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a finished run on a village; who writes copies it.

    Its ``landing`` holds trouble among the deliveries, its ``home`` what the run left.
    """
    return made_once(tmp_path_factory, "village", run_village)


MADE = ("city_run", "village_run", "tiny_home")
"""What takes half a minute, and longer, to make."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes minutes, so that no worker ends with it alone.

    First comes one module for each thing to make, then those that need none, so that
    no worker waits for what another is making.
    """
    needs: dict[Path, set[str]] = {}
    for item in items:
        found = {name for name in MADE if name in item.fixturenames}
        if found or item.get_closest_marker("city"):
            needs.setdefault(item.path, set()).update(found)
    makers = {
        next((path for path, names in needs.items() if name in names), None)
        for name in MADE
    }

    def turn(item: pytest.Item) -> int:
        if item.path not in needs:
            return 3
        if item.path in makers:
            return 0
        return 2 if needs[item.path] else 1

    items.sort(key=turn)
