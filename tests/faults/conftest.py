"""A home whose last run was good, for every row of the fault matrix.

For the rows about whole runs it is the village's, which they copy.
"""

from pathlib import Path

import pytest

from dagster_project.departments import arriving

from .aftermath import Home, make_home
from .whole_runs import contents


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return make_home(tmp_path)


@pytest.fixture(autouse=True)
def settle_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the files of a test count as settled; row 39 has its own clock."""
    monkeypatch.setattr(arriving, "SETTLE_SECONDS", 0)


@pytest.fixture(scope="session")
def landing(village_run: Path) -> Path:
    """Return the village's deliveries, with trouble among them."""
    return village_run / "landing"


@pytest.fixture(scope="session")
def finished(village_run: Path) -> Path:
    """Return the folder of a run that nobody disturbed."""
    return village_run / "home"


@pytest.fixture(scope="session")
def undisturbed(finished: Path) -> dict[str, str]:
    """Return what a run that nobody disturbs makes."""
    return contents(finished)
