"""Records that are there on purpose: test clients, retired ids.

Belongs here: rows beyond those that contacts and stays bring about.
Does not belong here: ordinary duplicates (``plan``), merges (``merges``).

A retired id: somebody's abandoned HMIS profile was deleted, and later its PersonalID
was given to another person. ``record_id`` carries the current holder; the earlier
holder's row has the same ``source_record_id``, ``~retired`` after its ``record_id``, a
``deleted_day`` before the current holder's ``created_day``, and no report or stay.
"""

import numpy as np

from dagster_project.synthetic.city import Ints, People
from dagster_project.synthetic.draws import Draws
from dagster_project.synthetic.identity import dates, numbers
from dagster_project.synthetic.identity.plan import Plan
from dagster_project.synthetic.identity.written_names import Content
from dagster_project.synthetic.names.legal import LegalNames
from dagster_project.synthetic.names.spelling import without_accents

TEST_CLIENTS = (
    ("Test", "Client", "1980-01-01"),
    ("ZZTest", "Training", "1990-01-01"),
    ("Demo", "Person", "2000-01-01"),
    ("Donotuse", "Test", "1970-01-01"),
    ("Mickey", "Testing", "1928-11-18"),
)
"""What trainers type; five in HMIS (made_up_city §7)."""
RETIRED = "~retired"
TEXTS = (
    *("first", "middle", "last", "suffix", "alias", "dob", "ssn", "sex", "gender"),
    *("race", "ethnicity", "phone", "email", "address", "city", "zip"),
)


def planted(
    people: People, names: LegalNames, plan: Plan, again: Ints, seed: int
) -> tuple[Content, dict[str, np.ndarray]]:
    """Return content and attributes of the planted rows.

    Args:
        people: Everybody.
        names: Their names.
        plan: The ordinary records.
        again: Rows of ``plan`` whose id had another holder before.
        seed: The city's seed.
    """
    count = len(again) + len(TEST_CLIENTS)
    content: Content = {name: np.full(count, "", dtype=object) for name in TEXTS}
    older = Draws(seed).below("older holder", plan.person[again], plan.person[again])
    tests = np.arange(len(again), count)
    firsts, lasts, born = zip(*TEST_CLIENTS, strict=True)
    birth = people.birth_day[older].astype(np.int64)
    plain = [without_accents(name) for name in names.surname[older]]
    content["first"][:] = [*names.first[older], *firsts]
    content["last"][:] = [*plain, *lasts]
    content["dob"][:] = [*dates.date_texts(birth), *born]
    content["sex"][: len(again)] = np.array(["F", "M"])[people.sex[older]]
    content["age"] = np.full(count, -1)
    content["name_quality"] = content["dob_quality"] = np.ones(count, dtype=np.int64)
    content["ssn_quality"] = np.full(count, 99)

    test_ids = numbers.scattered(np.arange(5), 90_000_000, seed) + 10_000_000
    own = numbers.source_ids(
        plan.person[again], plan.system[again], plan.ordinal[again], seed
    )
    end = plan.created_day[again] - 40
    created = np.concatenate([end - 90, np.array([0, 30, 200, 380, 600])])
    return content, {
        "person": np.concatenate([older, np.full(len(tests), -1)]),
        "source_record_id": np.array(
            [*own, *(str(value) for value in test_ids.tolist())], dtype=object
        ),
        "record_id_end": np.array(
            [RETIRED] * len(again) + [""] * len(tests), dtype=object
        ),
        "created_day": created,
        "deleted_day": np.concatenate([end, np.full(len(tests), -1)]),
        "test_client": np.arange(count) >= len(again),
    }
