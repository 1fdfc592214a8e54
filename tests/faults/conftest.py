"""A home whose last run was good, for every row of the fault matrix."""

from pathlib import Path

import pytest

from dagster_project.departments import arriving

from .aftermath import Home, make_home


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return make_home(tmp_path)


@pytest.fixture(autouse=True)
def settle_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the files of a test count as settled; row 39 has its own clock."""
    monkeypatch.setattr(arriving, "SETTLE_SECONDS", 0)
