"""Twins in files so tidy that nothing but they ever differs in the forename alone.

What a file cannot know, whether a forename is wrong or a twin's, it must not decide.
"""

import random

import pyarrow as pa
import pytest

from dagster_project.linkage.link import link
from tests.linkage.invented_names import FORENAMES, SURNAMES

SOURCES = ("hmis", "fhir", "epcr")
WHAT_IS_HELD = {
    "address": ("address", "zip"),
    "telephone and sex": ("phone", "sex"),
    "all": ("ssn", "phone", "sex", "address", "city", "zip"),
}


class Town:
    """Records of people who all live alone, but for some pairs of twins."""

    def __init__(self, people: int, twins: int, records_each: int) -> None:
        self._random = random.Random(twins * 100 + records_each)
        self.rows: list[dict] = []
        self.twins: list[tuple[set[str], set[str]]] = []
        for _ in range(people):
            self.person(self.home(), self._forename(), self._random.randint(1, 4))
        for _ in range(twins):
            home, one, other = self.home(), self._forename(), self._forename()
            while one[0] == other[0]:
                other = self._forename()
            pair = [self.person(home, name, records_each) for name in (one, other)]
            self.twins.append(tuple(pair))

    def _forename(self) -> str:
        return self._random.choice(FORENAMES)

    def home(self) -> dict:
        """Return what the people of a new home share."""
        draw = self._random
        year, month, day = (
            draw.randint(1940, 2005),
            draw.randint(1, 12),
            draw.randint(1, 28),
        )
        return {
            "last_name": draw.choice(SURNAMES),
            "dob": f"{year}-{month:02}-{day:02}",
            "address": f"{draw.randint(1, 9999)} Larch Street",
            "phone": f"415{draw.randint(2_000_000, 9_999_999)}",
            "zip": f"941{draw.randint(2, 34):02}",
            "sex": draw.choice("FM"),
            "city": "San Francisco",
        }

    def person(self, home: dict, forename: str, records: int) -> set[str]:
        """Write records of a new person of a home, and return their ids."""
        draw = self._random
        ssn = (
            f"{draw.randint(100, 665)}{draw.randint(10, 99)}{draw.randint(1000, 9999)}"
        )
        ids = set()
        for _ in range(records):
            row = {**home, "first_name": forename, "source": draw.choice(SOURCES)}
            row["record_id"] = f"r{len(self.rows):05}"
            row["ssn"] = ssn if draw.random() < 0.6 else None
            if draw.random() < 0.1:
                row["last_name"] = self._slip(row["last_name"])
            self.rows.append(row)
            ids.add(row["record_id"])
        return ids

    def _slip(self, name: str) -> str:
        place = self._random.randrange(len(name))
        return name[:place] + name[place + 1 :]


@pytest.mark.parametrize("held", WHAT_IS_HELD)
@pytest.mark.parametrize(
    ("people", "twins", "each"),
    [(15, 1, 2), (100, 2, 2), (700, 2, 1), (700, 2, 3), (700, 8, 2), (3000, 20, 3)],
)
def test_twins_of_a_tidy_file_stay_two(held, people, twins, each) -> None:
    town = Town(people, twins, each)
    for one, other in clusters_of_twins(town, held):
        assert not one & other
        assert len(one) == 1, "one twin's own records are found"


def clusters_of_twins(town: Town, held: str) -> list[list[set]]:
    """Return for each pair of twins the clusters of either one's records."""
    columns = ["record_id", "source", "first_name", "last_name", "dob"]
    records = pa.Table.from_pylist(town.rows).select([*columns, *WHAT_IS_HELD[held]])
    found = link(records).partition
    ids, clusters = found["client_record_id"], found["cluster"]
    cluster = dict(zip(ids.to_pylist(), clusters.to_pylist(), strict=True))
    return [[{cluster[r] for r in records} for records in pair] for pair in town.twins]


ONE_NAME_IN_COMMON = (
    ("Juan Carlos", "Juan Pablo"),
    ("María Elena", "María Luisa"),
    ("Mohammed Ali", "Mohammed Omar"),
    ("Wei Ming", "Wei Liang"),
    ("Abdul Rahman", "Abdul Karim"),
)


@pytest.mark.parametrize("held", WHAT_IS_HELD)
def test_twins_who_share_one_of_two_forenames_stay_two(held) -> None:
    town = Town(700, 0, 1)
    for names in ONE_NAME_IN_COMMON:
        home = town.home()
        town.twins.append(tuple(town.person(home, name, 2) for name in names))
    for one, other in clusters_of_twins(town, held):
        assert not one & other
