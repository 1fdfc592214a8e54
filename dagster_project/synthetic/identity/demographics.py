"""Sex, gender, race and ethnicity as systems write them down.

Belongs here: which of a person's groups a record holds. Does not belong here: names.

Words of ``race`` are those of the federal standard: native, asian, black,
middle_eastern, pacific_islander, white; joined with semicolons.
"""

import numpy as np

from dagster_project.synthetic.city import People
from dagster_project.synthetic.codes import GENDERS, HERITAGES
from dagster_project.synthetic.draws import Draws
from dagster_project.synthetic.identity.correlation import Tendency
from dagster_project.synthetic.identity.plan import LOG_SYSTEM, Plan
from dagster_project.synthetic.identity.rates import EPCR, rate

RACE_OF = {
    "black": "black",
    "white": "white",
    "chinese": "asian",
    "vietnamese": "asian",
    "filipino": "asian",
    "other_asian": "asian",
    "pacific_islander": "pacific_islander",
    "native": "native",
    "arab": "middle_eastern",
    "russian": "white",
    "mayan": "native",
}
LATINO_RACES = (("", 0.45), ("white", 0.40), ("native", 0.10), ("black", 0.05))
"""Race beside Latino ethnicity; nearly half name no other [A]."""
SEVERAL = (("black;white", 0.5), ("native;white", 0.3), ("asian;white", 0.2))
RACE_MISSING = (0.04, 0.15, 0.20, 0.10, 1.0)
"""By source; the team log has no such column [A]."""
RACE_GUESSED_WRONG = 0.08
"""ePCR race is seen, not asked, in part [A]."""
GENDER_DISCLOSED = (0.80, 0.60, 0.30, 0.85, 0.40)
"""Transgender and non-binary people whose record says so; else it repeats sex [A]."""
SEX_WRONG_SHARE = 0.3
"""Of sex missing or wrong: wrong [A]."""


def _choose(draws: Draws, process: str, who: np.ndarray, choices: tuple) -> np.ndarray:
    words = np.array([word for word, _ in choices], dtype=object)
    return words[draws.pick(process, who, [share for _, share in choices])]


def demographics(
    people: People, plan: Plan, tendency: Tendency, seed: int
) -> dict[str, np.ndarray]:
    """Return sex, gender, race and ethnicity of each record."""
    draws, who, key = Draws(seed), plan.identity, plan.key
    letters = np.array(["F", "M"], dtype=object)
    sex = people.sex[who]
    bad = tendency.hit("sex", rate("sex_missing_or_wrong", plan.source))
    wrong = bad & (draws.uniform("sex wrong", who, key) < SEX_WRONG_SHARE)
    sex_text = letters[np.where(wrong, 1 - sex, sex)]
    sex_text[bad & ~wrong] = ""
    seen = np.where(sex_text == "F", "woman", np.where(sex_text == "M", "man", ""))
    own = np.array(GENDERS, dtype=object)[people.gender[who]]
    disclosed = draws.uniform("gender", who, plan.system) < np.take(
        GENDER_DISCLOSED, plan.source
    )
    minority = ~np.isin(own, ("woman", "man"))
    gender = np.where(minority & disclosed, own, seen).astype(object)

    heritage = np.array(HERITAGES, dtype=object)[people.heritage]
    latino = np.isin(heritage, ("latino", "mayan"))
    race = np.array([RACE_OF.get(name, "") for name in heritage], dtype=object)
    race = np.where(
        heritage == "latino",
        _choose(draws, "latino race", people.person, LATINO_RACES),
        race,
    )
    race = np.where(
        heritage == "several", _choose(draws, "several", people.person, SEVERAL), race
    )
    race = race[who]
    guessed = (plan.source == EPCR) & (
        draws.uniform("race guessed", who, key) < RACE_GUESSED_WRONG
    )
    race = np.where(guessed, "white", race)
    number = draws.uniform("race missing", who, plan.system)
    missing = number < np.take(RACE_MISSING, plan.source)
    ethnicity = np.where(latino[who], "hispanic", "not_hispanic")
    ethnicity = np.where(missing & (number > 0.02), "", ethnicity).astype(object)
    ethnicity[plan.system == LOG_SYSTEM] = ""
    return {
        "sex": sex_text,
        "gender": gender,
        "race": np.where(missing, "", race).astype(object),
        "ethnicity": ethnicity,
    }
