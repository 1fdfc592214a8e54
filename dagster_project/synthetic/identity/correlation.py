"""Mistakes that come together: person, worker, setting, mechanism.

Belongs here: the chance that a record has a mistake, given all that. Does not belong
here: the rates (``rates``), the mistakes.

logit(chance) = intercept + .9 person + .6 worker + 1.8 unconscious + .3 night
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

from dagster_project.synthetic.city import Contacts, Flags, Floats, People
from dagster_project.synthetic.codes import LANGUAGES
from dagster_project.synthetic.draws import Draws
from dagster_project.synthetic.identity.plan import Plan

PERSON_SD, WORKER_SD, SEVERITY = 0.9, 0.6, 0.5
"""The design's .8 gave an intra-person correlation of having a mistake of .14; it
should be .15 to .30."""
UNCONSCIOUS, NIGHT, NO_INTERPRETER, MECHANISM = 1.8, 0.3, 0.5, 0.6
AGAIN = 0.8
"""A second profile arises because identity was given badly the second time [A]."""
INTERPRETER_MISSING = 0.6
"""Of meetings with people who speak little English [A]."""
WORKERS = 250
"""Workers per system who write records, nights and years together [A]."""
SHARES = {
    "unconscious": (0.0, 0.0, 0.034, 0.0, 0.08),
    "night": (0.0, 0.0, 0.35, 0.17, 0.10),
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


UNCONSCIOUS_OVERDOSE = 0.7
"""Share of overdoses in which the patient cannot be asked, for the intercept of a
missing name, whose rate is stated for overdoses alone."""
MEAN_SEVERITY = (0.0, 0.2, 1.5, 0.1, 0.7)
MEAN_SEVERITY_OVERDOSE, MEAN_SEVERITY_CRISIS = 0.65, 1.4
"""Mean severity over records, by source, and of ePCRs by kind: the sick are met more
often. A missing name is commoner among them, around the table's rate at that mean.
Measured in the default city."""


@cache
def intercept(
    rate: float,
    settings: tuple[tuple[float, float], ...],
    spread: float,
    spared: tuple[float, ...] = (),
) -> float:
    """Return the intercept that brings the mean chance to a rate.

    Args:
        rate: The mean wanted, over all records.
        settings: (share, size) of each setting that shifts the logit.
        spread: Standard deviation of the normal part of the logit.
        spared: Intercepts of mistakes that come first and leave no room for this one;
            they hit the same records, so they must be known to reach the rate.
    """
    if rate <= 0:
        return -np.inf
    points, weights = np.polynomial.hermite_e.hermegauss(31)
    weights = weights / weights.sum()
    shifts, shares = [], []
    for chosen in product((False, True), repeat=len(settings)):
        pairs = list(zip(chosen, settings, strict=True))
        shifts.append(sum(size for there, (_, size) in pairs if there))
        shares.append(np.prod([p if there else 1 - p for there, (p, _) in pairs]))
    grid = np.add.outer(shifts, spread * points)
    mass = np.outer(shares, weights)
    for level in spared:
        mass = mass * expit(-level - grid)
    rate = min(rate, 0.98 * mass.sum())
    return brentq(lambda level: (mass * expit(level + grid)).sum() - rate, -20, 20)


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
        self.severity = people.severity[who]
        self._levels: dict[str, Floats] = {}

    def hit(
        self,
        process: str,
        rate: Floats,
        *settings: str,
        after: tuple[str, ...] = (),
        unconscious: Floats | None = None,
        severity: Floats | None = None,
    ) -> Flags:
        """Return which records are hit.

        Args:
            process: Name of the draw, and of its intercepts.
            rate: Rate of each record's kind, over all records of the kind.
            settings: ``mechanism``, where hard names count.
            after: Earlier processes that leave no room for this one.
            unconscious: Share of unconscious people among each record's kind, if not
                that of the source.
            severity: Mean severity among each record's kind, where severity counts.
        """
        shift, spread = self.shift + self.again, np.hypot(PERSON_SD, WORKER_SD)
        if severity is not None:
            spread = np.hypot(spread, SEVERITY)
            shift = shift + SEVERITY * (self.severity - severity)
        if "mechanism" in settings:
            shift = shift + self.mechanism
        source = self.plan.source
        if unconscious is None:
            unconscious = np.take(SHARES["unconscious"], source)
        kinds = np.stack(
            [source, rate, unconscious, *(self._levels[name] for name in after)]
        )
        level = self._level(kinds, float(spread), "mechanism" in settings)
        self._levels[process] = level
        number = self.draws.uniform(process, self.plan.person, self.plan.key)
        return number < expit(level + shift)

    def _level(self, kinds: Floats, spread: float, mechanism: bool) -> Floats:
        """Return each record's intercept; few kinds of records are solved for."""
        values, place = np.unique(kinds, axis=1, return_inverse=True)
        levels = []
        for source, rate, unconscious, *spared in values.T.tolist():
            known = {name: shares[int(source)] for name, shares in SHARES.items()}
            known["unconscious"] = unconscious
            if not mechanism:
                del known["mechanism"]
            pairs = tuple((share, SIZES[name]) for name, share in known.items())
            levels.append(intercept(rate, pairs, spread, tuple(spared)))
        return np.array(levels)[place.reshape(-1)]
