"""Fixtures every test folder may use."""

from pathlib import Path

import pytest

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_domain() -> Path:
    """Return the folder of public sample exports that lies beside a checkout."""
    folder = REPOSITORY.parent / "shared" / "domain"
    if not folder.is_dir():
        pytest.skip("the public sample exports (../shared/domain) are not here")
    return folder


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes minutes, so that no worker ends with it alone."""
    items.sort(key=lambda item: item.get_closest_marker("city") is None)
