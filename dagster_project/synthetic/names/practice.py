"""Which form of a person's name a department gets to hear.

Belongs here: name practice, that is, true forms of a name that differ between
records: one surname of two, order, romanisation, patronymics, chosen names.
Does not belong here: mistakes (``identity.errors``).

Rates are those of made_up_city §2 unless a docstring says otherwise. A form hangs on
(person, form key): the same key brings the same form back.
"""

import numpy as np

from dagster_project.synthetic.city import Flags, Floats, Ints
from dagster_project.synthetic.codes import SYSTEMS
from dagster_project.synthetic.draws import Draws
from dagster_project.synthetic.names.heritage import POOLS
from dagster_project.synthetic.names.legal import LegalNames, Texts
from dagster_project.synthetic.names.spelling import (
    OKINA,
    given_of_two,
    has_parts,
    joined_particle,
    split_particle,
    without_accents,
)

SURNAME_FORMS = (0.45, 0.30, 0.08, 0.09, 0.08)
"""Two surnames written as first only, both, hyphened, second only, first surname in
the middle-name field."""
KEEPS_ACCENTS = (0.40, 0.05, 0.60, 0.05)
"""By ``SYSTEMS``: HMIS 40 %, EMS loses 95 %, hospital 60 %, team log as EMS."""
KEEPS_VIETNAMESE_MARKS = (0.0, 0.0, 0.30, 0.0)
"""Never kept outside the hospital; half as often as accents there [A]."""
MIDDLE_ASKED = (0.35, 0.08, 0.55, 0.0)
"""Share of records with a middle name, where there is one, by ``SYSTEMS`` [A]."""
MIDDLE_INITIAL = 0.40
SUFFIX_LOST = 0.60
USES_CHOSEN = (0.50, 0.40, 0.0, 0.70)
"""Chosen name in the place of the legal one; the hospital holds both (as alias)."""
ALIAS_TOLD = (0.0, 0.0, 0.25, 0.60)
"""Street name in an alias field; HMIS and ePCR have no such field [A]."""
USES_MARRIED = 0.70
"""New surname given to who asks after the change [A]."""
HABIT = 0.6
"""Share of records in which a person gives the form he or she always gives; in the
others it depends on who asks [A]."""
PARTS_LOST = 0.45
"""Particles, apostrophes and glottal marks not written as on the papers [A]."""
ORDER_SWAPPED = {"vietnamese": 0.15, "chinese": 0.12}
MIDDLE_AS_FIRST = 0.20
FEMININE_LOST = 0.20
FATHER_AS_SURNAME = 0.10
CHAIN_CUT = 0.15
"""Arabic patronymic chain cut after the father's name [A]."""


class Practice:
    """The forms of names that records of these people would get without mistakes."""

    def __init__(
        self, names: LegalNames, person: Ints, system: Ints, form: Ints, seed: int
    ):
        """Take one row per record.

        Args:
            names: Names of everybody.
            person: Whose name is written.
            system: Position in ``SYSTEMS``.
            form: Equal keys of one person and system give equal forms.
            seed: The city's seed.
        """
        self.names, self.person, self.system = names, person, system
        self.key = form * len(SYSTEMS) + system
        self.draws = Draws(seed)
        self.pool = names.pool[person]

    def _u(self, process: str) -> Floats:
        """Return a number that is often the person's habit."""
        here = self.draws.uniform(f"form {process}", self.person, self.key)
        own = self.draws.uniform(f"habit {process}", self.person)
        by_habit = self.draws.uniform(f"by habit {process}", self.person, self.key)
        return np.where(by_habit < HABIT, own, here)

    def _is(self, pool: str) -> Flags:
        return self.pool == POOLS.index(pool)

    def _by_system(self, shares: tuple[float, ...]) -> Floats:
        return np.take(shares, self.system)

    def forms(self, day: Ints, women: Flags) -> dict[str, Texts]:
        """Return first, middle, last, suffix and alias of each record.

        Args:
            day: When the name was asked.
            women: Whether the person's sex is female (Russian surnames).
        """
        names, who = self.names, self.person
        first, last = names.first[who].copy(), names.surname[who].copy()
        middle = names.middle[who].copy()
        self._romanise(first, last)
        self._women(last, women)
        asked = self._u("middle") < self._by_system(MIDDLE_ASKED)
        short = asked & (self._u("initial") < MIDDLE_INITIAL)
        middle[~asked] = ""
        middle[short] = [name.lstrip(OKINA)[:1] for name in middle[short]]
        self._reshape(first, middle, last)
        changed = (names.married_day[who] >= 0) & (names.married_day[who] <= day)
        changed &= self._u("married") < USES_MARRIED
        last[changed] = names.married[who][changed]
        chosen = names.chosen[who]
        lived = (chosen != "") & (self._u("chosen") < self._by_system(USES_CHOSEN))
        first[lived] = chosen[lived]
        suffix = names.suffix[who].copy()
        suffix[self._u("suffix") < SUFFIX_LOST] = ""
        self._respell(first, middle, last)
        fields = {"first": first, "middle": middle, "last": last, "suffix": suffix}
        return {**fields, "alias": self._alias()}

    def _romanise(self, first: Texts, last: Texts) -> None:
        """Choose a romanisation; one system of spelling per Chinese name."""
        number, other = self._u("romanisation"), self._u("romanisation of surname")
        chinese, arab = self._is("chinese"), self._is("arab")
        # Chinese: the first spelling is pinyin, the second Cantonese.
        share = np.where(chinese, 0.45, np.where(arab, 0.6, 0.25))
        own = self.draws.uniform("own romanisation", self.person)
        for texts, forms, draw in (
            (first, self.names.first_spellings[self.person], number),
            (last, self.names.surname_spellings[self.person], other),
        ):
            rows = np.flatnonzero(forms != None)  # noqa: E711 (elementwise)
            for row in rows:
                several = forms[row]
                if chinese[row]:
                    cantonese = (own[row] < share[row]) != (number[row] < 0.15)
                    texts[row] = several[1] if cantonese else several[0]
                elif draw[row] < share[row]:
                    place = int(draw[row] / share[row] * len(several))
                    texts[row] = several[place]
        for row in np.flatnonzero(chinese):
            way = int(number[row] * 997) % 3
            first[row] = given_of_two(first[row], way)

    def _women(self, last: Texts, women: Flags) -> None:
        """Give Russian women their -a, lost in a fifth of records."""
        rows = self._is("russian") & women & (self._u("feminine") >= FEMININE_LOST)
        for row in np.flatnonzero(rows):
            if last[row].endswith(("ov", "ev", "in", "yov")):
                last[row] += "a"

    def _reshape(self, first: Texts, middle: Texts, last: Texts) -> None:
        """Move parts of names between fields, in place."""
        names, who, number = self.names, self.person, self._u("shape")
        second = names.second_surname[who]
        two = second != ""
        shape = np.searchsorted(np.cumsum(SURNAME_FORMS)[:-1], number, side="right")
        one = last.copy()
        last[:] = np.where(two & (shape == 1), one + " " + second, last)
        last[:] = np.where(two & (shape == 2), one + "-" + second, last)
        last[:] = np.where(two & (shape >= 3), second, last)
        middle[:] = np.where(two & (shape == 4), one, middle)
        cut = self._is("arab") & (number < CHAIN_CUT)
        cut |= (self._is("samoan") | self._is("tongan")) & (number < FATHER_AS_SURNAME)
        last[cut] = names.father[who][cut]
        english = (names.english[who] != "") & (self._u("english") < 0.5)
        middle[english] = np.where(middle[english] != "", first[english], "")
        first[english] = names.english[who][english]
        shifted = self._is("vietnamese") & (number < MIDDLE_AS_FIRST)
        legal = names.middle[who]
        shifted &= legal != ""
        middle[shifted], first[shifted] = first[shifted], legal[shifted]
        order = self._u("order")
        for pool, share in ORDER_SWAPPED.items():
            swap = self._is(pool) & (order < share)
            first[swap], last[swap] = last[swap], first[swap]

    def _respell(self, *fields: Texts) -> None:
        """Lose accents, particles, apostrophes, in place."""
        number = self._u("parts")
        kept = self._u("accents") < np.where(
            self._is("vietnamese"),
            self._by_system(KEEPS_VIETNAMESE_MARKS),
            self._by_system(KEEPS_ACCENTS),
        )
        last = fields[-1]
        for row in np.flatnonzero(number < PARTS_LOST):
            if has_parts(last[row]):
                other = number[row] < PARTS_LOST / 2
                change = joined_particle if other else split_particle
                last[row] = change(last[row])
        for texts in fields:
            for row in np.flatnonzero(~kept):
                if not texts[row].isascii():
                    texts[row] = without_accents(texts[row])

    def _alias(self) -> Texts:
        """Return what an alias field would hold: chosen or street name."""
        names, who = self.names, self.person
        told = self._u("alias") < self._by_system(ALIAS_TOLD)
        alias = np.where(told, names.street[who], "")
        fhir = self.system == SYSTEMS.index("fhir")
        return np.where(fhir & (names.chosen[who] != ""), names.chosen[who], alias)
