"""Whether what is stated of pairs and of joins comes true, set by set.

Belongs here: linking a set and comparing stated probabilities with its truth. Does not
belong here: the sets (``sets``), how probabilities are stated (``linkage.stated``).

A pair counts as right when its records are one person; a join by the share of right
pairs among those of the records that it brings together.
"""

import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from benchmarks import sets
from dagster_project.linkage.link import Run, decide

BINS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99, 1.0)

Stated = tuple[NDArray[np.float64], NDArray[np.float64]]
"""Probabilities stated, and the share that was right."""


def calibration(names: Iterable[str]) -> Iterator[str]:
    """Yield a row per set for pairs and one for joins, then both of all sets."""
    heads = [f"{low:g}–{high:g}" for low, high in pairwise(BINS)]
    yield f"{'set':36} {'of':6}" + "".join(f"{head:>25}" for head in heads)
    everything: dict[str, list[Stated]] = {"pairs": [], "joins": []}
    for name in names:
        print(f"linking {name} …", file=sys.stderr, flush=True)
        for kind, stated in _stated(name).items():
            everything[kind].append(stated)
            yield _row(name, kind, *stated)
    for kind, found in everything.items():
        yield _row("all", kind, *map(np.concatenate, zip(*found, strict=True)))


def _stated(name: str) -> dict[str, Stated]:
    table = sets.load(name)
    run = decide(table.drop_columns(["true_person"]))
    owners = table["true_person"].to_pylist()
    owner = dict(zip(table["record_id"].to_pylist(), owners, strict=True))
    people = [owner[record] for record in run.record_ids.take(run.rows).to_pylist()]
    stated, pairs = run.model.stated, run.scored
    known = np.array([person is not None for person in people])
    person = np.unique([str(person) for person in people], return_inverse=True)[1]
    counts = known[pairs.left] & known[pairs.right]
    right = person[pairs.left] == person[pairs.right]
    joins = _right(run, person, known)
    told = ~np.isnan(joins)
    return {
        "pairs": (
            stated.of_pairs(pairs.log_odds[counts]),
            right[counts].astype(float),
        ),
        "joins": (stated.of_joins(run.merges.score[told]), joins[told]),
    }


def _right(
    run: Run, person: NDArray[np.int64], known: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return for each join the share of its record pairs that are one person.

    Records whose person is not known do not count; nan where no pair does.
    """
    members = {
        place: Counter([owner] if sure else [])
        for place, (owner, sure) in enumerate(
            zip(person.tolist(), known.tolist(), strict=True)
        )
    }
    shares = []
    for kept, joined in zip(run.merges.kept, run.merges.joined, strict=True):
        one, two = members[kept], members.pop(joined)
        same = sum(count * two[owner] for owner, count in one.items())
        count = one.total() * two.total()
        shares.append(same / count if count else np.nan)
        one.update(two)
    return np.array(shares)


def _row(name: str, kind: str, stated: NDArray, right: NDArray) -> str:
    place = np.searchsorted(BINS, stated, side="right") - 1
    place[stated >= BINS[-1]] = len(BINS) - 2
    cells = []
    for number in range(len(BINS) - 1):
        here = place == number
        cells.append(
            f"{right[here].mean():.3f} of {stated[here].mean():.3f} ({here.sum():,})"
            if here.any()
            else ""
        )
    return f"{name:36} {kind:6}" + "".join(f"{cell:>25}" for cell in cells)
