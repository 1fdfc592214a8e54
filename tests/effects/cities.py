"""Made-up cities as linked records, for the tests of this folder."""

from dagster_project.effects.history import Linked, from_tables
from dagster_project.synthetic import lives, parameters
from dagster_project.synthetic.city import City
from dagster_project.synthetic.perfect_links import LAST_DAY, tables


def simulate(people: int, seed: int, **effects: float) -> City:
    """Return a city with the stated effects in place of the default ones."""
    overrides = {f"effects.{name}": value for name, value in effects.items()}
    return lives.simulate(parameters.load(overrides), people, seed)


def linked(city: City, *departments: str) -> Linked:
    """Return the linked record; with departments, only what these wrote down."""
    return from_tables(**tables(city, departments), data_through=LAST_DAY)


def truth(city: City, effect: str, measure: str) -> float:
    """Return a stated or averaged effect of the city."""
    pairs = list(zip(city.effects.effect, city.effects.measure, strict=True))
    return float(city.effects.value[pairs.index((effect, measure))])
