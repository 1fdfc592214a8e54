"""A home whose last run was good, for every row of the fault matrix.

For the rows about whole runs it is a village, run once for all workers.
"""

from pathlib import Path

import pytest

from dagster_project.departments import arriving
from tests.made_once import made_once

from . import troubled_village
from .aftermath import Home, make_home
from .whole_runs import contents, finish, start


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return make_home(tmp_path)


@pytest.fixture(autouse=True)
def settle_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the files of a test count as settled; row 39 has its own clock."""
    monkeypatch.setattr(arriving, "SETTLE_SECONDS", 0)


@pytest.fixture(scope="session")
def village(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the village's deliveries and a run that nobody disturbed.

    Nobody writes to it.
    """

    def make(folder: Path) -> None:
        landing, home = troubled_village.lay_down(folder), folder / "home"
        told = finish(start(landing, home))
        assert (home / "report.html").exists()
        (home / "told").write_text(told)

    return made_once(tmp_path_factory, "troubled_village", make)


@pytest.fixture(scope="session")
def landing(village: Path) -> Path:
    """Return the village's deliveries, with trouble among them."""
    return village / "landing"


@pytest.fixture(scope="session")
def finished(village: Path) -> Path:
    """Return the folder of a run that nobody disturbed."""
    return village / "home"


@pytest.fixture(scope="session")
def undisturbed(finished: Path) -> dict[str, str]:
    """Return what a run that nobody disturbs makes."""
    return contents(finished)
