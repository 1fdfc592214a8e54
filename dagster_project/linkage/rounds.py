"""Join components that are too large to be joined at once: in rounds, surest first.

Belongs here: which joins of which round count. Does not belong here: cutting components
(``components``), joining one (``agglomerate``).

A component of too many records is cut where its pairs are weakest. Joined to the end,
its pieces would part people who were cut through. So only those joins of a piece count
of which there is hardly a doubt; the next round puts the component together again, of
fewer clusters than it had records, until it needs no cutting or little is gained.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from dagster_project.linkage.coded import Codes
from dagster_project.linkage.components import Components, first_of_component

MOST_ROUNDS = 4
"""Rounds after which pieces are joined to the end, whatever another might gain."""

WORTH_ANOTHER = 0.1
"""Share of the clusters in pieces that a round has to bring to others for another."""


class Joins(NamedTuple):
    """The joins of some components, in order."""

    kept: Codes
    joined: Codes
    score: NDArray[np.float64]
    component: Codes


def join_in_rounds(
    records: int,
    cut: Callable[[Codes, NDArray[np.bool_]], Components],
    join: Callable[[Components], Joins],
    surest: float,
) -> Joins:
    """Return the joins of all components, those of one after those of another.

    Args:
        records: how many there are.
        cut: returns the components of some records, of given clusters.
        join: returns the joins that each component makes, best first.
        surest: score down to which joins of pieces count before the last round.
    """
    clusters, among = np.arange(records), np.ones(records, np.bool_)
    number = np.zeros(records, np.int64)
    rounds: list[Joins] = []
    while True:
        begun = np.count_nonzero(among & (clusters == np.arange(records)))
        parts = cut(clusters, among)
        number[parts.records] = number.max(initial=0) + 1 + parts.numbers
        made, among = join(parts), parts.cut
        of_piece = among[made.kept]
        sure = of_piece & before_first(made.score < surest, made.component)
        if sure.sum() <= WORTH_ANOTHER * begun or len(rounds) + 1 == MOST_ROUNDS:
            return _by_component([*rounds, made], number)
        rounds.append(Joins(*(column[sure | ~of_piece] for column in made)))
        kept, joined = (np.concatenate(c) for c in list(zip(*rounds, strict=True))[:2])
        clusters = first_of_component(records, kept, joined)


def before_first(mark: NDArray[np.bool_], component: Codes) -> NDArray[np.bool_]:
    """Return which joins come before the first marked one of their component."""
    at = np.flatnonzero(mark)
    stop = np.full(int(component.max(initial=-1)) + 1, len(mark))
    np.minimum.at(stop, component[at], at)
    return np.arange(len(mark)) < stop[component]


def _by_component(rounds: list[Joins], number: Codes) -> Joins:
    """Return the joins of all rounds, numbered by the component they end in."""
    if len(rounds) == 1:
        return rounds[0]
    kept, joined, score, _ = (np.concatenate(c) for c in zip(*rounds, strict=True))
    component = np.unique(number[kept], return_inverse=True)[1]
    order = np.argsort(component, kind="stable")
    return Joins(kept[order], joined[order], score[order], component[order])
