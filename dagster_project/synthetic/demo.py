"""A whole made-up city, from nothing to a landing folder full of deliveries.

Belongs here: the order of the steps.
Does not belong here: any of the steps.
"""

from pathlib import Path

from dagster_project.synthetic import identity, lives
from dagster_project.synthetic import truth as truth_tables
from dagster_project.synthetic.export import Progress, write_deliveries
from dagster_project.synthetic.parameters import Parameters, load


def write_city(
    people: int,
    seed: int,
    landing: Path,
    truth: Path,
    parameters: Parameters | None = None,
    faults: bool = True,
    progress: Progress | None = None,
) -> None:
    """Simulate a city, name its people, deliver its records, and note the truth.

    Args:
        people: how many people are ever seen.
        seed: the same seed gives the same bytes.
        landing: gets ``<department>/<delivery>``.
        truth: gets Parquet tables that only tests read.
        parameters: of the simulation; the default city's when absent.
        faults: plant faulty files and rows.
        progress: told the stage, the steps done and the steps in all.
    """
    tell = progress or (lambda stage, done, total: None)
    tell("simulate lives", 0, 1)
    city = lives.simulate(parameters or load(), people, seed)
    tell("simulate lives", 1, 1)
    records, corrections = identity.record_identities(
        city.people, city.contacts, city.reports, city.stays, seed
    )
    tell("name people", 1, 1)
    # The list of planted faults replaces the empty one that comes with the truth.
    truth_tables.write(city, records, truth)
    tell("note the truth", 1, 1)
    write_deliveries(city, records, corrections, landing, truth, seed, faults, progress)
