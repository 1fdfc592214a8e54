"""What each field adds to a pair's match weight, in bits and in words.

Belongs here: taking a score apart, exactly, into the terms it is the sum of. Does not
belong here: the score itself (``weights``), who is shown it (``explain``, the report).

A pair's match weight is the log2 of its posterior odds (Fellegi and Sunter 1969, with
the household class of linkage recipe 1.4):

    prior + sum over fields (level + rarity) - log2(1 + household odds)

so the bars of a waterfall are these terms, and they add up to the weight.
"""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dagster_project.linkage.coded import Codes
from dagster_project.linkage.compare import compare
from dagster_project.linkage.encode import Encoded
from dagster_project.linkage.fields import FIELD_COUNT, FIELDS, TERM_COLUMNS
from dagster_project.linkage.holders import others_hold
from dagster_project.linkage.strata import Strata
from dagster_project.linkage.trained import Counts
from dagster_project.linkage.weights import (
    FORENAME,
    MATCH,
    MIDDLE,
    Weights,
    common_frequency,
    household_weight,
    kin_log_odds,
    term_adjustment,
)

FIELD_WORDS = {
    "first": "forename",
    "last": "surname",
    "dob": "birth date",
    "birth_year": "birth year",
    "age": "age",
    "ssn": "SSN",
    "ssn_last4": "SSN, last four",
    "phone": "telephone",
    "email": "e-mail",
    "address": "address",
    "middle": "middle name",
    "sex": "sex",
    "suffix": "suffix or birth order",
    "full_name": "full name",
    "extra_1": "first further attribute",
    "extra_2": "second further attribute",
}
"""How a field is called to a reader."""

LEVEL_WORDS = {
    "one_slip": "one digit off, or two exchanged",
    "two_parts": "two of three parts equal",
    "first_of_january": "1 January on one side, years near",
    "month_and_day": "month and day equal",
    "two_digits": "two digits off",
    "one_off": "one year off",
    "slip": "two or ten years off",
    "within": "intervals overlap",
    "two_off": "up to two years apart",
    "six_off": "up to six years apart",
    "same_local_part": "same before the @",
    "street": "street equal",
    "close_street": "street nearly equal",
    "zip_alone": "ZIP equal, no street to compare",
    "zip_other_street": "ZIP equal, streets differ",
    "city_alone": "city equal, nothing else to compare",
    "city_other_place": "city equal, elsewhere in it",
    "same_letter": "same initial, names differ",
    "as_first": "as the other's forename",
    "as_middle": "as the other's middle name",
    "middle_or_alias": "as the other's middle name or alias",
    "swapped": "forename and surname exchanged",
    "shared_word": "share a word",
    "both_equal": "some names go together",
    "different_with_forename": "different, as the forename is",
    "last_four": "last four equal, the rest differs",
}
"""Levels whose name does not suffice; the others are shown as they are called."""

RARE = 1.0
"""Bits of rarity from which an agreeing value is called rare, below minus which it is
called common: it is then twice as telling, or half as telling, as agreement is. Where
nearly every value is one person's, agreement alone tells so much that one nobody else
holds tells less: it is not called common for that (``holders``)."""


class Contribution(NamedTuple):
    """One field: its level in words, bits of the level, bits of the value's rarity."""

    field: str
    level: str
    bits: float
    rarity_bits: float


class Explanation(NamedTuple):
    """A pair's match weight as the sum of its terms, all in bits."""

    prior: float
    fields: tuple[Contribution, ...]  # fields with both sides present, in field order
    household: float  # never above 0: it may be two people of one home

    @property
    def match_weight(self) -> float:
        """Return log2 of the posterior odds."""
        terms = sum(part.bits + part.rarity_bits for part in self.fields)
        return self.prior + terms + self.household


def level_words(
    field_name: str, level_name: str, rarity_bits: float = 0.0, others: bool = True
) -> str:
    """Return agreement in words; ``others`` is whether somebody else holds the value.

    >>> level_words("last", "equal", 3.2), level_words("dob", "one_slip")
    ('surname equal (rare)', 'birth date: one digit off, or two exchanged')
    """
    words = LEVEL_WORDS.get(level_name, level_name.replace("_", " "))
    rare = ""
    if rarity_bits >= RARE:
        rare = " (rare)"
    elif rarity_bits <= -RARE and others:
        rare = " (common)"
    joint = ": " if level_name in LEVEL_WORDS else " "
    return f"{FIELD_WORDS[field_name]}{joint}{words}{rare}"


def contributions(
    weights: Weights,
    levels: NDArray[np.uint8],
    stratum: int,
    common: NDArray[np.float32],
    others: NDArray[np.bool_],
) -> Explanation:
    """Take the score of one pair apart.

    Args:
        weights: the model as the kernels read it.
        levels: the pair's level in each field, 0 where a side is missing.
        stratum: the pair of sources.
        common: log frequency of the more common value per field, above 0 where the
            level has no term rule (``weights.pair_frequencies``).
        others: per field, whether somebody beside the pair holds its value.
    """
    fields = []
    household = chance = twin = forename = 0.0
    for place in range(FIELD_COUNT):
        number = int(levels[place])
        if number == 0:
            continue
        rarity = 0.0
        if common[place] <= 0.0:
            rarity = float(
                term_adjustment(weights, stratum, place, number, common[place])
            )
        home = float(household_weight(weights, stratum, place, number, rarity))
        match = float(weights.match[stratum, place, number]) + rarity
        if place in (FORENAME, MIDDLE):
            chance += home
            forename += match
        else:
            household += home
        if place == FORENAME:
            twin += float(weights.twin[stratum, number])
        else:
            twin += match if weights.of_twins[place] else home
        name, level = FIELDS[place].name, FIELDS[place].levels[number - 1]
        fields.append(
            Contribution(
                name,
                level_words(name, level, rarity / np.log(2.0), bool(others[place])),
                float(weights.match[stratum, place, number] / np.log(2.0)),
                float(rarity / np.log(2.0)),
            )
        )
    kin = float(kin_log_odds(weights, stratum, household, chance, forename, twin))
    return Explanation(
        float(weights.prior[stratum, MATCH] / np.log(2.0)),
        tuple(fields),
        -float(np.logaddexp(0.0, kin) / np.log(2.0)),
    )


def explain_pair(
    weights: Weights,
    encoded: Encoded,
    strata: Strata,
    log_frequency: NDArray[np.float32],
    left: int,
    right: int,
    person: Codes,
    counts: Mapping[str, Counts] | None = None,
) -> Explanation:
    """Compare the records at two places of ``encoded`` and take their score apart.

    Args:
        weights: the model as the kernels read it.
        encoded: the records.
        strata: of their sources.
        log_frequency: of their values.
        left: place of one record.
        right: place of the other.
        person: of each record, its person.
        counts: of the model, where that may be another file's.
    """
    pair = np.array([left]), np.array([right])
    levels = compare(encoded, *pair)[0]
    common = np.array(
        [
            common_frequency(
                weights, place, int(levels[place]), left, right, log_frequency
            )
            for place in range(FIELD_COUNT)
        ],
        np.float32,
    )
    others = np.array(
        [
            number > 0
            and weights.column[place, number] >= 0
            and others_hold(
                encoded,
                person,
                TERM_COLUMNS[weights.column[place, number]],
                (left, right),
                counts,
            )
            for place, number in enumerate(levels.tolist())
        ]
    )
    stratum = int(strata.of_pairs(*pair)[0])
    return contributions(weights, levels, stratum, common, others)
