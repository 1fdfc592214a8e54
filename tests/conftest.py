"""Fixtures every test folder may use."""

import os
import pickle
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from dagster_project.synthetic.city import City
from tests.finished_runs import run_city, run_village
from tests.made_once import made_once
from tests.next_day import NextDay, run_next_day

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


@pytest.fixture(scope="session")
def next_day(village_run: Path, tmp_path_factory: pytest.TempPathFactory) -> NextDay:
    """Return the village's next day, which nobody writes to."""
    make = partial(run_next_day, village_run)
    return NextDay(made_once(tmp_path_factory, "next_day", make))


@pytest.fixture(scope="session")
def default_city(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int], City]:
    """Return a function from a seed to the city of default size and parameters.

    Workers share each city, which takes ten seconds; nobody writes to its arrays.
    """

    def simulate(seed: int, folder: Path) -> None:
        from dagster_project.synthetic import lives, parameters

        city = lives.simulate(parameters.load(), lives.PEOPLE_OF_CITY, seed)
        (folder / "city").write_bytes(pickle.dumps(city))

    @cache
    def city_of(seed: int) -> City:
        name, make = f"city_of_seed_{seed}", partial(simulate, seed)
        made = made_once(tmp_path_factory, name, make)
        return pickle.loads((made / "city").read_bytes())

    return city_of


@pytest.fixture(scope="module")
def small_files_wait_too() -> Iterator[None]:
    """Have small files linked without a full run, as large ones are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("dagster_project.linkage.state_run.SMALL", 1)
        yield


MADE = ("city_run", "village_run", "next_day", "tiny_home")
"""What takes half a minute, and longer, to make."""

LONGEST = (
    "erasure/test_city.py",
    "faults/test_runs_killed.py",
    "docs/test_analyst_queries.py",
    "dbt_project/test_consent.py",
    "faults/test_runs_again.py",
    "effects/test_made_up_cities.py",
    "governance/test_door.py",
    "linkage/test_state_run.py",
    "test_samples_end_to_end.py",
    "shared_warehouse/test_visibility.py",
    "measures/test_cooperation_against_truth.py",
    "faults/test_files.py",
    "faults/test_archives_and_folders.py",
    "publication/page/test_city_page.py",
    "shared_warehouse/test_other_agreements.py",
    "shared_warehouse/test_audit.py",
    "realities/test_deliveries.py",
    "dbt_project/test_layers.py",
    "shared_warehouse/test_release.py",
    "dbt_project/test_odd_values.py",
    "test_link_state.py",
    "dbt_project/test_worked_measures.py",
    "departments/test_group.py",
    "disclosure/test_suppress.py",
    "faults/test_mutations.py",
    "linkage/test_table_decisions.py",
    "synthetic/test_effects.py",
    "dbt_project/test_warnings.py",
    "linkage/test_link.py",
    "linkage/test_bounds.py",
    "linkage/test_filtering.py",
    "synthetic/test_identity.py",
    "faults/test_killed.py",
    "departments/test_bulk.py",
)
"""Modules that take ten CPU seconds and more, longest first (2026-11).

Handed out to whichever worker is free, short ones last, they let both end together.
"""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with what takes minutes, so that no worker ends with it alone.

    First comes one module for each thing to make, then those that need none, so that
    no worker waits for what another is making; each of these longest first.
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

    places = {REPOSITORY / "tests" / name: at for at, name in enumerate(LONGEST)}

    def turn(item: pytest.Item) -> tuple[int, int]:
        place = places.get(item.path, len(places))
        if item.path not in needs:
            return 3, place
        if item.path in makers:
            return 0, place
        return (2 if needs[item.path] else 1), place

    items.sort(key=turn)
