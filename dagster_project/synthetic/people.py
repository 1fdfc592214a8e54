"""Who lives in the made-up city: attributes that last a life.

Belongs here: everything drawn once per person. Does not belong here: names and
numbers (``identity``), families and look-alikes (``kin``), what happens (``lives``).

Each attribute hangs on the person's number alone, so the first people stay who they
are when more people come.
"""

from datetime import date

import numpy as np

from dagster_project.synthetic.city import Flags, Floats, Ints, People
from dagster_project.synthetic.codes import (
    AREAS,
    DAY_ZERO,
    GENDERS,
    HERITAGES,
    HOUSEHOLD_ROLES,
    LANGUAGES,
    WINDOW_END,
)
from dagster_project.synthetic.draws import Draws
from dagster_project.synthetic.kin import Kin, make_kin
from dagster_project.synthetic.parameters import Parameters

EPOCH = date(1970, 1, 1)
DAY_ZERO_SINCE_EPOCH = (DAY_ZERO - EPOCH).days
YEAR = 365.25
CHILD = HOUSEHOLD_ROLES.index("child")
LANGUAGE_OF = {
    "latino": "spanish",
    "black": "other",
    "white": "other",
    "chinese": "chinese",
    "vietnamese": "vietnamese",
    "filipino": "tagalog",
    "other_asian": "other",
    "pacific_islander": "samoan",
    "native": "other",
    "arab": "arabic",
    "russian": "russian",
    "mayan": "mayan",
    "several": "other",
}
REFUGEE_HERITAGES = ("vietnamese", "arab", "russian", "mayan")
"""People of these heritages born abroad often carry 1 January as their birthday."""
AREA_SHARES = (0.32, 0.18, 0.22, 0.14, 0.08, 0.06)
"""Where people sleep, most of them in the Tenderloin and South of Market [A]."""


def make_people(parameters: Parameters, people: int, seed: int) -> People:
    """Draw everybody who is ever seen.

    Args:
        parameters: The city's parameters.
        people: How many people.
        seed: The city's seed.
    """
    draws, given = Draws(seed), parameters.people
    person = np.arange(people, dtype=np.int32)
    kin = make_kin(parameters.kin, person, draws)

    severity = draws.normal("severity", person)
    own = draws.normal("engagement", person)
    share = given.severity_engagement
    engagement = share * severity + np.sqrt(1 - share**2) * own

    heritage = kin.share(draws.pick("heritage", person, given.heritage))
    abroad = draws.uniform("abroad", person) < np.take(given.born_abroad, heritage)
    abroad = kin.share(abroad)
    sex, gender = _sex_and_gender(parameters, draws, person, kin)
    birth_day = _birth_days(parameters, draws, person, kin, heritage, abroad)
    adult = kin.role != CHILD
    arrives = _arrivals(parameters, draws, person, severity)

    def often(name: str, chance: float) -> Flags:
        """Draw a health flag that is commoner among the sick."""
        slope = given.health_by_severity
        # The mean of a logistic over a normal is flatter than the logistic itself.
        level = np.log(chance / (1 - chance)) * np.sqrt(1 + 0.346 * slope**2)
        chances = 1 / (1 + np.exp(-(level + slope * severity)))
        return (draws.uniform(name, person) < chances) & adult

    has_ssn = draws.uniform("has_ssn", person) < np.where(
        abroad, given.has_ssn_abroad, given.has_ssn
    )
    return People(
        person=person,
        heritage=heritage.astype(np.int8),
        sex=sex.astype(np.int8),
        gender=gender.astype(np.int8),
        birth_day=birth_day.astype(np.int32),
        born_abroad=abroad,
        language=_languages(parameters, draws, person, heritage, kin),
        veteran=(draws.uniform("veteran", person) < given.veteran) & adult,
        household=kin.household,
        household_role=kin.role,
        kin=kin.other,
        kin_kind=kin.kind,
        severity=severity,
        engagement=engagement,
        opioid=often("opioid", given.opioid),
        serious_mental_illness=often("smi", given.serious_mental_illness),
        alcohol_or_meth=often("alcohol_or_meth", given.alcohol_or_meth),
        chronic=often("chronic", given.chronic),
        area=kin.share(draws.pick("area", person, AREA_SHARES[: len(AREAS)])).astype(
            np.int8
        ),
        has_ssn=has_ssn,
        knows_ssn=has_ssn & (draws.uniform("knows_ssn", person) < given.knows_ssn),
        arrives=kin.share(arrives).astype(np.int16),
        dies=np.full(people, -1, dtype=np.int16),
    )


def _sex_and_gender(
    parameters: Parameters, draws: Draws, person: Ints, kin: Kin
) -> tuple[Ints, Ints]:
    """Draw sex (0 female, 1 male) and gender; a namesake son and father are men."""
    given = parameters.people
    sex = (draws.uniform("sex", person) < given.man).astype(np.int8)
    sex = kin.same_sex(sex)
    gender = np.where(sex == 1, GENDERS.index("man"), GENDERS.index("woman"))
    number = draws.uniform("gender", person)
    transgender, other = given.gender_minority
    crossed = np.where(
        sex == 1, GENDERS.index("transgender_woman"), GENDERS.index("transgender_man")
    )
    gender = np.where(number < transgender, crossed, gender)
    within = (number >= transgender) & (number < transgender + other)
    return sex, np.where(within, GENDERS.index("non_binary"), gender)


def _birth_days(
    parameters: Parameters,
    draws: Draws,
    person: Ints,
    kin: Kin,
    heritage: Ints,
    abroad: Flags,
) -> Ints:
    """Draw birth days as days since 1970, whole-random within the age band."""
    given = parameters.people
    bands = np.asarray(given.age_bands)
    band = draws.pick("age_band", person, given.age_shares)
    width = bands[band + 1] - bands[band]
    age = bands[band] + width * draws.uniform("age", person)
    days = DAY_ZERO_SINCE_EPOCH - np.floor(age * YEAR)
    names = [HERITAGES.index(name) for name in REFUGEE_HERITAGES]
    refugee = abroad & np.isin(heritage, names)
    chance = np.where(refugee, given.new_year_refugee, given.new_year_birthday)
    new_year = draws.uniform("new_year", person) < chance
    days = np.where(new_year, _new_year(days), days).astype(np.int64)
    return kin.births(days)


def _new_year(days: Floats) -> Floats:
    """Return 1 January of each day's year, as days since 1970."""
    years = days.astype("datetime64[D]").astype("datetime64[Y]")
    return years.astype("datetime64[D]").astype(np.int64)


def _languages(
    parameters: Parameters, draws: Draws, person: Ints, heritage: Ints, kin: Kin
) -> Ints:
    """Draw the preferred language: English, or that of the heritage."""
    own = np.array([LANGUAGES.index(LANGUAGE_OF[name]) for name in HERITAGES])
    chance = np.take(parameters.people.speaks_own_language, heritage)
    speaks = draws.uniform("language", person) < chance
    return kin.share(np.where(speaks, own[heritage], 0)).astype(np.int8)


def _arrivals(
    parameters: Parameters, draws: Draws, person: Ints, severity: Floats
) -> Ints:
    """Draw the day of arrival; the sick are more often there from the start."""
    given = parameters.people
    share = given.present_at_start
    logit = np.log(share / (1 - share)) + given.present_by_severity * severity
    present = draws.uniform("present", person) < 1 / (1 + np.exp(-logit))
    later = 1 + draws.below("arrives", person, WINDOW_END - 1)
    return np.where(present, 0, later)
