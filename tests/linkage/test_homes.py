"""People of one home who share what a file knows best: e-mail, telephone, all names.

Belongs here: files without birth dates. Does not belong here: twins (``test_twins``).
"""

import random

import pyarrow as pa
import pytest

from dagster_project.linkage.link import link
from dagster_project.linkage.word_lists import words
from tests.linkage.invented_names import FORENAMES, SURNAMES

LETTERS = "bdgklmnprstvz"
CHILDREN = words("Kwame Abena Rajesh Priya Shanice Dmitri Yelena Tyrone Keisha Darnell")
"""Forenames that are nobody's nickname: George of Jorge might be himself."""


class Town:
    """Records of people, and which record is whose."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.rows: list[dict] = []
        self.person: dict[str, int] = {}
        self._people = 0

    def home(self) -> dict:
        draw, name = self.draw, self.draw.choice(SURNAMES)
        return {
            "last_name": name if draw.random() < 0.6 else self._invented(),
            "phone": f"415{draw.randint(2_000_000, 9_999_999)}",
            "email": f"{self._invented().lower()}{draw.randint(1, 999)}@example.org",
            "address": f"{draw.randint(1, 9999)} Larch Street",
            "zip": f"941{draw.randint(2, 34):02}",
        }

    def _invented(self) -> str:
        return "".join(
            self.draw.choice(LETTERS) + self.draw.choice("aeiou") for _ in range(4)
        ).title()

    def forename(self) -> str:
        return self.draw.choice(FORENAMES)

    def person_of(self, facts: dict, records: int, known: dict[str, float]) -> int:
        """Write down a person; each fact is known as often as ``known`` says."""
        self._people += 1
        for _ in range(records):
            record = f"r{len(self.rows):05}"
            told = {
                name: value if self.draw.random() < known.get(name, 1.0) else None
                for name, value in facts.items()
            }
            self.rows.append({"record_id": record, **told})
            self.person[record] = self._people
        return self._people

    def clusters(self) -> list[list[dict]]:
        """Return the records of each cluster."""
        found = link(pa.Table.from_pylist(self.rows)).partition
        ids, cluster = (found[c].to_pylist() for c in ("client_record_id", "cluster"))
        of = dict(zip(ids, cluster, strict=True))
        joined: dict[str, list[dict]] = {}
        for row in self.rows:
            joined.setdefault(of[row["record_id"]] or row["record_id"], []).append(row)
        return list(joined.values())


def told_apart(clusters: list[list[dict]], told) -> int:
    """Return how many clusters hold records of which ``told`` says different things."""
    said = [{told(row) for row in cluster} - {None} for cluster in clusters]
    return sum(len(things) > 1 for things in said)


@pytest.mark.parametrize("seed", range(3))
def test_a_child_with_its_mothers_e_mail_is_not_its_mother(seed) -> None:
    town = Town(seed)
    often = {"phone": 0.8, "email": 0.75}
    children = set()
    columns = ("first_name", "last_name", "phone", "email", "zip")
    for number in range(700):
        home = {name: town.home()[name] for name in columns[1:]}
        home["first_name"] = town.forename()
        town.person_of(home, town.draw.randint(1, 3), often)
        if number % 5 == 0:
            child = {**home, "first_name": town.draw.choice(CHILDREN)}
            if child["first_name"] != home["first_name"]:
                children.add(town.person_of(child, town.draw.randint(1, 3), often))
    clusters = town.clusters()

    def whose(row: dict) -> int | None:
        person = town.person[row["record_id"]]
        return person if person in children or person + 1 in children else None

    assert told_apart(clusters, whose) == 0
    assert len(clusters) < 1.35 * len(set(town.person.values())), "records are found"


@pytest.mark.parametrize("seed", range(3))
def test_jr_and_sr_of_one_home_and_all_names_are_two(seed) -> None:
    town = Town(seed)
    often = {"phone": 0.5, "middle_name": 0.8, "suffix": 0.9}
    for number in range(700):
        facts = {
            **town.home(),
            "first_name": town.forename(),
            "middle_name": town.forename(),
            "sex": "M",
            "suffix": "Sr" if number % 20 == 0 else None,
        }
        del facts["email"]
        town.person_of(facts, 3, often)
        if number % 20 == 0:
            town.person_of({**facts, "suffix": "Jr"}, 3, often)
    assert told_apart(town.clusters(), lambda row: row["suffix"]) == 0
