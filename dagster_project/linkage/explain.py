"""Why two records are one person, or are not: the whole account of one pair.

Belongs here: the comparisons with their probabilities and bits, and how the pair ended
in one person or two. Does not belong here: taking a score apart (``contributions``),
printing or drawing it (``explain_words``, ``explain_picture``).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from dagster_project.linkage.cluster import STEWARD, Merges, agglomerate
from dagster_project.linkage.compare import compare
from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.contributions import Explanation, explain_pair
from dagster_project.linkage.digits import day_and_month_swapped, neighbours_swapped
from dagster_project.linkage.fields import EXTRA_FIELDS, FIELDS, level
from dagster_project.linkage.given_names import same_given
from dagster_project.linkage.link import Run
from dagster_project.linkage.score import NATS, Scored, logit


class UnknownRecord(ValueError):
    """A record id that is not in the table."""


class Comparison(NamedTuple):
    """One field: what was found, how likely that is of one person and by chance."""

    words: str
    m: float | None  # None where the weight is no ratio of two probabilities
    u: float | None
    bits: float
    rarity_bits: float


@dataclass(frozen=True)
class Outcome:
    """How the clusters of two records ended.

    ``kind`` is one of ``linked``, ``review``, ``apart``, ``must_link``,
    ``cannot_link``. ``bits`` is the pooled evidence at which their clusters met, or
    would meet, of ``sizes`` records each, None where a steward decided.
    """

    kind: str
    sizes: tuple[int, int]
    bits: float | None = None


@dataclass(frozen=True)
class Explained:
    """The account of one pair of records; bits are log2 throughout."""

    prior: float
    comparisons: tuple[Comparison, ...]
    household: float
    probability: float  # stated of pairs of this weight
    outcome: Outcome
    linked_from: float  # bits of pooled evidence that make two clusters one person
    asked_from: float  # bits that make them a question for a steward

    @property
    def match_weight(self) -> float:
        """Return the evidence of the pair by itself; no probability, see ``stated``."""
        parts = sum(part.bits + part.rarity_bits for part in self.comparisons)
        return self.prior + parts + self.household


def place_of(run: Run, record: str) -> int | None:
    """Return a record's place among those that may be linked, None if too thin.

    Raises:
        UnknownRecord: there is no such record.
    """
    ids = run.record_ids.to_pylist()
    if record not in ids:
        raise UnknownRecord(f"there is no record {record!r}")
    found = np.flatnonzero(run.rows == ids.index(record))
    return int(found[0]) if len(found) else None


def explain(run: Run, config: LinkConfig, left: int, right: int) -> Explained:
    """Return the account of the records at two places of ``run``."""
    a, b = sorted((left, right))
    weights = run.model.weights()
    parts = explain_pair(
        weights,
        run.encoded,
        run.strata,
        run.log_frequency,
        a,
        b,
        run.merges.partition(config.threshold),
        run.trained.counts,
    )
    return Explained(
        parts.prior,
        tuple(_comparisons(run, parts, a, b)),
        parts.household,
        float(run.model.stated.of_pairs(np.array([parts.match_weight * NATS]))[0]),
        _outcome(run, config, a, b),
        run.model.stated.join_log_odds(config.threshold) / NATS,
        run.model.stated.join_log_odds(config.loose) / NATS,
    )


def _comparisons(run: Run, parts: Explanation, a: int, b: int) -> list[Comparison]:
    pair = np.array([a]), np.array([b])
    levels = compare(run.encoded, *pair)[0]
    stratum = int(run.strata.of_pairs(*pair)[0])
    told = {part.field: part for part in parts.fields}
    rows = []
    for place, number in enumerate(levels.tolist()):
        name = FIELDS[place].name
        if not number or name not in told:
            continue
        part = told[name]
        if part.bits == part.rarity_bits == 0.0:
            continue
        m, u = run.model.m[place, number], run.model.u[stratum, place, number]
        ratio = abs(np.log2(max(m, 1e-14) / max(u, 1e-14)) - part.bits) < 1e-6
        words = _exactly(run, name, number, a, b) or part.level
        if name in EXTRA_FIELDS and EXTRA_FIELDS.index(name) < len(run.trained.extras):
            column = run.trained.extras[EXTRA_FIELDS.index(name)]
            words = f"{column} {FIELDS[place].levels[number - 1]}"
        rows.append(
            Comparison(
                words,
                float(m) if ratio else None,
                float(u) if ratio else None,
                part.bits,
                part.rarity_bits,
            )
        )
    return rows


def _exactly(run: Run, name: str, number: int, a: int, b: int) -> str | None:
    """Return which kind of a level that holds several it is, None of another level.

    A slip of a birth date has three kinds; close forenames may be equal given names.
    """
    if name == "first" and number == level("first", "close"):
        both = run.encoded.column("first")[[a, b]], run.encoded.column("middle")[[a, b]]
        (first_a, first_b), (middle_a, middle_b) = both
        if same_given(run.encoded.names, first_a, middle_a, first_b, middle_b):
            return "given names agree, split or ordered otherwise"
    if name != "dob" or number != level("dob", "one_slip"):
        return None
    one, two = run.encoded.column("birth_date")[[a, b]]
    if day_and_month_swapped(one) == two:
        return "birth date: day and month swapped"
    if neighbours_swapped(one, two):
        return "birth date: two neighbouring digits swapped"
    return "birth date: one digit off"


def _outcome(run: Run, config: LinkConfig, a: int, b: int) -> Outcome:
    met = _meeting(run.merges, a, b)
    linked = run.merges.partition(config.threshold)
    if met is not None:
        score, sizes = met
        if score == STEWARD:
            return Outcome("must_link", sizes)
        kind = "linked" if linked[a] == linked[b] else "review"
        return Outcome(kind, sizes, score / NATS)
    loose = run.merges.partition(config.loose)
    sides = [np.flatnonzero(loose == loose[place]) for place in (a, b)]
    sizes = len(sides[0]), len(sides[1])
    score = _would_meet(run, config, np.concatenate(sides))
    if score is None:
        return Outcome("cannot_link", sizes)
    return Outcome("apart", sizes, score / NATS)


def _meeting(merges: Merges, a: int, b: int) -> tuple[float, tuple[int, int]] | None:
    """Return the score and sizes of the join that brought two records together."""
    members: dict[int, set[int]] = {}
    joins = zip(merges.kept, merges.joined, merges.score, strict=True)
    for kept, joined, score in joins:
        one, two = members.pop(kept, {kept}), members.pop(joined, {joined})
        if (a in one and b in two) or (a in two and b in one):
            left, right = (one, two) if a in one else (two, one)
            return float(score), (len(left), len(right))
        members[kept] = one | two
    return None


def _would_meet(run: Run, config: LinkConfig, rows: np.ndarray) -> float | None:
    """Return the pooled score of two whole clusters that never met.

    The engine itself joins their records, and nothing else, down to any score: its
    last join is the one of the two clusters. None when a steward holds them apart.
    """
    rows = np.sort(rows)
    chain = Scored(
        rows[:-1],
        rows[1:],
        compare(run.encoded, rows[:-1], rows[1:]),
        np.zeros(len(rows) - 1, np.uint8),
        np.full(len(rows) - 1, logit(1 - 1e-12)),
    )
    merges = agglomerate(
        run.encoded,
        chain,
        run.model.weights(),
        run.strata,
        run.log_frequency,
        run.decided,
        stated=run.model.stated,
        until=1e-300,
        floor=config.component_floor,
        largest=len(rows),
        alpha=config.size_exponent,
    )
    joins = merges.score
    return float(joins[-1]) if len(joins) == len(rows) - 1 else None
