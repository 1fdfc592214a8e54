"""Everything the page is made from, measured once.

Belongs here: one record of a run's measures. Does not belong here: words and pictures
(``overview``, ``quality_sections``, ``model_sections``).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from dagster_project.linkage.clerical import STRATA, Reviewed, reviewed
from dagster_project.linkage.clerical_frame import frame
from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.evidence import Evidence, evidence, places_of
from dagster_project.linkage.model import Model
from dagster_project.linkage.model_file import read_model
from dagster_project.linkage.quality import Point, curve
from dagster_project.linkage.report.parts import count
from dagster_project.linkage.report.people import Recorded, recorded
from dagster_project.linkage.tables import LinkResult

THRESHOLDS = (0.5, 0.8, 0.9, 0.95, 0.99, 0.999)
"""Thresholds at which precision and recall are shown, with the ones in use."""


@dataclass(frozen=True)
class Run:
    """A run as the page sees it."""

    result: LinkResult
    records: pa.Table
    model: Model
    config: LinkConfig
    made_at: datetime
    model_name: str | None
    evidence: Evidence
    recorded: Recorded
    points: list[Point]
    sample: Reviewed | None
    never_compared: tuple[int, int]  # reviewed pairs the sample stands not for, matches
    histogram: tuple[Sequence[float], Sequence[float]] | None

    @property
    def here(self) -> Point:
        """Return the rates at the threshold in use."""
        return next(p for p in self.points if p.threshold == self.config.threshold)

    def basis(self, n: int, of: str) -> str:
        """Return the n and date that stand under every figure."""
        return f"n = {count(n)} {of}; as of {self.made_at:%Y-%m-%d}."


def measure(
    result: LinkResult,
    records: pa.Table,
    config: LinkConfig,
    made_at: datetime,
    model_name: str | None,
    clerical_sample: pa.Table | None,
    histogram: tuple[Sequence[float], Sequence[float]] | None,
) -> Run:
    """Measure a run."""
    found = evidence(result, config)
    joined, apart = found.joined, found.apart
    posterior = np.concatenate([joined.posterior, apart.posterior])
    pairs = np.concatenate([joined.pairs, apart.pairs])
    zones = (config.loose, config.threshold, config.strict)
    points = curve(posterior, pairs, sorted({*THRESHOLDS, *zones}))
    sample, never = None, (0, 0)
    if clerical_sample is not None and clerical_sample.num_rows:
        sample, never = _looked_at(result, found, config, clerical_sample)
    return Run(
        result,
        records,
        read_model(result.models["parameters"][0].as_py(), result.model_id).model,
        config,
        made_at,
        model_name,
        found,
        recorded(records, found.ids, config, made_at, result.background),
        points,
        sample,
        never,
        histogram,
    )


def _looked_at(
    result: LinkResult, found: Evidence, config: LinkConfig, sample: pa.Table
) -> tuple[Reviewed, tuple[int, int]]:
    """Return a sample beside what it stands for; its other pairs, and matches there.

    What it does not stand for, the pairs held apart that are no edge, keep the model's
    figures, in the strata below every edge.
    """
    edges = result.edges
    ids = [f"client_record_id_{side}" for side in "lr"]
    held = frame(
        found.ids,
        found.cluster,
        found.confidence,
        edges.select([*ids, "match_probability"]),
        config.threshold,
    )
    joined, apart = found.joined, found.apart
    a, b = (found.cluster[side] for side in (held.left, held.right))
    covered = np.minimum(a, b) * found.people + np.maximum(a, b)
    place = np.searchsorted(found.left * found.people + found.right, covered)
    rest = apart.pairs - np.bincount(place, minlength=len(apart.pairs))
    below = np.minimum(apart.posterior, np.nextafter(config.edge_floor, 0.0))
    one, two = (
        places_of(found.ids, sample[f"record_id_{side}"].cast(pa.string()))
        for side in "lr"
    )
    band = held.bands(one, two)
    known = ~np.isnan(band)
    is_match = np.asarray(pc.cast(sample["is_match"], pa.int8()))
    seen = reviewed(
        np.concatenate([joined.posterior, apart.posterior[place], apart.posterior]),
        np.concatenate([joined.pairs, np.ones(len(place)), rest]),
        band[known],
        is_match[known],
        sorted({*STRATA, config.loose, config.threshold, config.strict}),
        np.concatenate([joined.posterior, held.band, below]),
    )
    return seen, (int((~known).sum()), int(is_match[~known].sum()))
