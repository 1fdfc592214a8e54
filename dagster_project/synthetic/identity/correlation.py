"""Mistakes that come together: person, worker, setting, mechanism.

Belongs here: the chance that a record has a mistake, given all that. Does not belong
here: the rates (``rates``), the mistakes.

logit(chance) = intercept + .8 person + .6 worker + 1.8 unconscious + .3 night
+ .5 no interpreter + .6 mechanism (+ .5 severity for a missing name). The intercept
is solved so that the mean over all of that is the rate of the table: a rate is then a
rate of records, whatever the correlation. It uses fixed shares of settings, never
those of a city at hand, so that one more person changes nobody else's records.
"""

from functools import cache
from itertools import product

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit

from dagster_project.synthetic.city import LANGUAGES, Contacts, Flags, Floats, People
from dagster_project.synthetic.draws import Draws
from dagster_project.synthetic.identity.plan import Plan
from dagster_project.synthetic.identity.rates import SOURCES

PERSON_SD, WORKER_SD, SEVERITY = 0.8, 0.6, 0.5
UNCONSCIOUS, NIGHT, NO_INTERPRETER, MECHANISM = 1.8, 0.3, 0.5, 0.6
AGAIN = 0.8
"""A second profile arises because identity was given badly the second time [A]."""
INTERPRETER_MISSING = 0.6
"""Of meetings with people who speak little English [A]."""
WORKERS = 80
"""Workers per system: enough that a person meets several [A]."""
SHARES = {
    "unconscious": (0.0, 0.0, 0.07, 0.01, 0.01),
    "night": (0.0, 0.0, 0.45, 0.12, 0.25),
    "no_interpreter": (0.08, 0.08, 0.08, 0.08, 0.08),
    "mechanism": (0.21, 0.21, 0.21, 0.21, 0.21),
    "again": (0.06, 0.11, 0.0, 0.08, 0.0),
}
"""Shares of records in each setting, by source: measured once in the default city."""
SIZES = {
    "unconscious": UNCONSCIOUS,
    "night": NIGHT,
    "no_interpreter": NO_INTERPRETER,
    "mechanism": MECHANISM,
    "again": AGAIN,
}


@cache
def intercept(
    rate: float, source: int, spread: float, settings: tuple[str, ...]
) -> float:
    """Return the intercept that brings the mean chance to a rate.

    Args:
        rate: The mean wanted.
        source: Position in ``SOURCES``.
        spread: Standard deviation of the normal part of the logit.
        settings: Which entries of ``SHARES`` shift the logit.
    """
    if rate <= 0:
        return -np.inf
    points, weights = np.polynomial.hermite_e.hermegauss(31)
    weights = weights / weights.sum()
    shifts, shares = [], []
    for chosen in product((0, 1), repeat=len(settings)):
        own = [SHARES[name][source] for name in settings]
        shifts.append(sum(c * SIZES[n] for c, n in zip(chosen, settings, strict=True)))
        shares.append(
            np.prod([p if c else 1 - p for c, p in zip(chosen, own, strict=True)])
        )
    grid = np.add.outer(shifts, spread * points)
    mass = np.outer(shares, weights)
    return brentq(lambda level: (mass * expit(level + grid)).sum() - rate, -20, 10)


class Tendency:
    """How prone each record is to mistakes."""

    def __init__(
        self,
        people: People,
        contacts: Contacts,
        plan: Plan,
        mechanism: Flags,
        seed: int,
    ):
        """Draw person and worker effects and look up settings.

        Args:
            people: Everybody.
            contacts: Every contact.
            plan: The records to be written.
            mechanism: Per record, whether its name has two surnames, a
                transliteration or a chosen form.
            seed: The city's seed.
        """
        self.draws, self.plan = Draws(seed), plan
        who, at = plan.person, plan.contact
        met = at >= 0
        person = self.draws.normal("carelessness", people.person)[who]
        worker = self.draws.below("worker", who, WORKERS, plan.key)
        worker = self.draws.normal("worker effect", worker, plan.system)
        # A second key space, so that worker 3 is nobody's person 3.
        self.shift = PERSON_SD * person + WORKER_SD * worker
        if len(contacts.contact):
            self.shift += UNCONSCIOUS * (met & contacts.unconscious[at])
            self.shift += NIGHT * (met & contacts.night[at])
        foreign = people.language[who] != LANGUAGES.index("english")
        missing = self.draws.uniform("interpreter", who, plan.key)
        self.shift += NO_INTERPRETER * (foreign & (missing < INTERPRETER_MISSING))
        self.again = AGAIN * (plan.is_profile & (plan.ordinal > 0))
        self.mechanism = MECHANISM * mechanism
        self.severity = SEVERITY * people.severity[who]

    def hit(self, process: str, rate: Floats, kind: str = "plain") -> Flags:
        """Return which records are hit.

        Args:
            process: Name of the draw.
            rate: Rate of records per record.
            kind: ``plain``, ``name`` (mechanisms count) or ``nameless`` (severity
                counts, and the rate is already given the setting).
        """
        settings = ("unconscious", "night", "no_interpreter", "again")
        shift, spread = self.shift + self.again, np.hypot(PERSON_SD, WORKER_SD)
        if kind == "name":
            settings, shift = (*settings, "mechanism"), shift + self.mechanism
        if kind == "nameless":
            spread = np.hypot(spread, SEVERITY)
            shift = shift + self.severity
        level = np.zeros(len(rate))
        for source in range(len(SOURCES)):
            rows = np.flatnonzero(self.plan.source == source)
            values, place = np.unique(rate[rows], return_inverse=True)
            levels = [
                intercept(float(value), source, float(spread), settings)
                for value in values
            ]
            level[rows] = np.array(levels)[place] if len(levels) else 0.0
        number = self.draws.uniform(process, self.plan.person, self.plan.key)
        return number < expit(level + shift)
