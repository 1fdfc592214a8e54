"""The tables a linkage run returns.

Belongs here: their schemas and how they are made from arrays. Does not belong here: the
numbers themselves.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

from dagster_project.linkage.background import Background
from dagster_project.linkage.blocking import RULES
from dagster_project.linkage.cluster import Merges
from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.fields import (
    FIELD_COUNT,
    LEVEL_SLOTS,
    pattern_text,
)
from dagster_project.linkage.model_file import model_id, model_text
from dagster_project.linkage.questions import question_table
from dagster_project.linkage.review import review_rows
from dagster_project.linkage.score import Scored
from dagster_project.linkage.stated import Stated
from dagster_project.linkage.trained import TrainedModel

WORDS = pa.dictionary(pa.int32(), pa.string())
"""A column of few texts over millions of rows: each text is kept once."""

CANDIDATE_PAIRS = pa.schema(
    [
        ("client_record_id_l", pa.string()),
        ("client_record_id_r", pa.string()),
        ("blocking_rule", WORDS),
        ("pattern_code", pa.int64()),
        ("match_weight", pa.float64()),
        ("match_probability", pa.float64()),
    ]
)
EDGES = pa.schema(
    [
        ("client_record_id_l", pa.string()),
        ("client_record_id_r", pa.string()),
        ("match_weight", pa.float64()),
        ("match_probability", pa.float64()),
        ("pattern_code", pa.int64()),
        ("agreement_pattern", WORDS),
        ("model_id", WORDS),
    ]
)
PARTITION = pa.schema(
    [
        ("client_record_id", pa.string()),
        ("cluster", pa.string()),
        ("cluster_loose", pa.string()),
        ("cluster_strict", pa.string()),
        ("link_confidence", pa.float64()),
        ("link_status", pa.string()),
    ]
)
MODELS = pa.schema(
    [
        ("model_id", pa.string()),
        ("parameters", pa.string()),
        ("n_records", pa.int64()),
        ("n_pairs", pa.int64()),
    ]
)


@dataclass(frozen=True)
class LinkResult:
    """Every table of a run; ``seconds`` are wall seconds per stage.

    ``compared`` counts the candidate pairs that passed the filter, before the
    improbable ones were dropped; ``blocking_keys`` and ``background`` are there if they
    were asked for. A background holds the places of the candidate pairs' records, and
    then ``candidate_pairs`` has no ids: of a million records they would be 130 MB.
    """

    candidate_pairs: pa.Table
    edges: pa.Table
    partition: pa.Table
    review_queue: pa.Table
    models: pa.Table
    blocking_report: pa.Table
    seconds: dict[str, float]
    compared: int = 0
    blocking_keys: pa.Table | None = None
    background: Background | None = None

    @property
    def model_id(self) -> str:
        """Return the content hash of the model that scored."""
        return self.models["model_id"][0].as_py()


def pair_columns(pairs: Scored, ids: pa.Array, stated: Stated) -> dict[str, pa.Array]:
    """Return the ids, weight and probability of scored pairs.

    The match weight is the model's evidence in bits, the log2 of its own odds: priors,
    levels and value frequencies. The probability is no function of these odds alone: it
    is how many pairs of the weight the clusters of the file join (``stated``).
    """
    return {
        "client_record_id_l": ids.take(pa.array(pairs.left)),
        "client_record_id_r": ids.take(pa.array(pairs.right)),
        **weight_columns(pairs, stated),
    }


def weight_columns(pairs: Scored, stated: Stated) -> dict[str, pa.Array]:
    """Return the weight and probability of scored pairs; see ``pair_columns``."""
    return {
        "match_weight": pa.array(pairs.log_odds / np.log(2.0)),
        "match_probability": pa.array(stated.of_pairs(pairs.log_odds)),
    }


@njit(cache=True, nogil=True)
def pattern_codes(levels):
    """Return each agreement pattern as a number: its levels as digits, first lowest."""
    codes = np.zeros(len(levels), np.int64)
    for row in range(len(levels)):
        for place in range(FIELD_COUNT - 1, -1, -1):
            codes[row] = codes[row] * LEVEL_SLOTS + levels[row, place]
    return codes


def levels_of(codes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the levels of pattern codes, [pattern, field]."""
    return codes[:, None] // LEVEL_SLOTS ** np.arange(FIELD_COUNT) % LEVEL_SLOTS


def candidate_table(pairs: Scored, ids: pa.Array | None, stated: Stated) -> pa.Table:
    """Return the pairs above the candidate floor with the rule that found each.

    Without ``ids`` the two columns of them are left out.
    """
    columns = {
        **(
            weight_columns(pairs, stated)
            if ids is None
            else pair_columns(pairs, ids, stated)
        ),
        "blocking_rule": _words(pairs.rule, list(RULES)),
        "pattern_code": pa.array(pattern_codes(pairs.levels)),
    }
    fields = [field for field in CANDIDATE_PAIRS if field.name in columns]
    return pa.table([columns[field.name] for field in fields], pa.schema(fields))


def edge_table(pairs: Scored, ids: pa.Array, model_id: str, stated: Stated) -> pa.Table:
    """Return the pairs above the edge floor with their agreement in words."""
    code = pa.array(pattern_codes(pairs.levels))
    distinct = code.dictionary_encode()
    levels = levels_of(distinct.dictionary.to_numpy()).tolist()
    patterns = [pattern_text(pattern) for pattern in levels]
    columns = {
        **pair_columns(pairs, ids, stated),
        "pattern_code": code,
        "agreement_pattern": pa.DictionaryArray.from_arrays(
            distinct.indices, pa.array(patterns, pa.string())
        ),
        "model_id": _words(np.zeros(len(pairs.left), np.int32), [model_id]),
    }
    return pa.table({name: columns[name] for name in EDGES.names}).cast(EDGES)


def _words(place: np.ndarray, words: list[str]) -> pa.DictionaryArray:
    return pa.DictionaryArray.from_arrays(
        pa.array(place.astype(np.int32)), pa.array(words, pa.string())
    )


def partition_table(
    ids: pa.Array,
    rows: np.ndarray,
    founding: np.ndarray,
    merges: Merges,
    config: LinkConfig,
) -> pa.Table:
    """Return every record's clusters; a cluster is named by its first record id.

    ``rows`` are the places among ``ids`` of the records that may be linked. One of them
    that was not, and is not enough to found a person (``founding``), has no cluster,
    nor has any other record.
    """
    total = len(ids)
    odds = np.full(total, np.inf)
    odds[rows] = merges.confidence(config.threshold)
    linked = np.isfinite(odds)
    nobody = ~linked & ~founding
    columns: dict[str, pa.Array] = {"client_record_id": ids}
    for name, threshold in (
        ("cluster", config.threshold),
        ("cluster_loose", config.loose),
        ("cluster_strict", config.strict),
    ):
        place = np.full(total, -1)
        place[rows] = rows[merges.partition(threshold)]
        place[nobody] = -1
        columns[name] = ids.take(pa.array(place, mask=place < 0))
    sure = merges.stated.of_joins(odds)
    columns["link_confidence"] = pa.array(sure, mask=~linked)
    status = np.where(linked, 0, np.where(nobody, 1, 2))
    columns["link_status"] = _words(status, ["linked", "unlinkable", "single"])
    return pa.table(columns).cast(PARTITION)


def review_table(
    ids: pa.Array, merges: Merges, pairs: Scored, config: LinkConfig
) -> pa.Table:
    """Return the joins between loose and default threshold, most useful first."""
    return question_table(review_rows(merges, pairs, config.threshold), ids)


def model_table(trained: TrainedModel) -> pa.Table:
    """Return the model as one row: ``parameters`` is the text of ``model.json``."""
    text = model_text(trained)
    return pa.table(
        {
            "model_id": [model_id(text)],
            "parameters": [text],
            "n_records": [trained.records],
            "n_pairs": [trained.candidates],
        }
    ).cast(MODELS)
