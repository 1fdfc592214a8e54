"""What a full run leaves behind, so that later records can be linked to it.

Belongs here: the arrays of a finished run and looking records up in them. Does not
belong here: files (``base_files``), linking the later records (``increment``).

Places count the records that may be linked, in the order of their record ids.
"""

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from dagster_project.linkage.blocking import LARGEST_PERSON, RULES
from dagster_project.linkage.blocking_keys import KeyParts
from dagster_project.linkage.components import component_labels
from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.encode import Dropped
from dagster_project.linkage.link import Run
from dagster_project.linkage.model_file import model_id, model_text
from dagster_project.linkage.score import logit
from dagster_project.linkage.tables import edge_table, partition_table, review_table
from dagster_project.linkage.text_hash import Hashes
from dagster_project.linkage.trained import TrainedModel


@dataclass(frozen=True)
class BaseRun:
    """A finished full run.

    Attributes:
        records: all its records as they were read, by record id.
        partition: as ``link`` returns it, in the order of ``records``.
        edges, questions: its edges and its review queue.
        rows: of ``records``, those that may be linked; places count these.
        standard: the records of the places as ``standard_table`` writes them.
        founding: of each place, whether it is enough to be a person.
        telling: sources that hold more than names and places.
        log_frequency: [place, term column].
        names: [place, surname, forename, birth date], a hash of each, 0 where missing.
        keys: per blocking rule the keys, ascending.
        holders: per blocking rule the place that holds each key.
        largest_key: per blocking rule, records of a key up to which it was used.
        left, right, log_odds: the likely pairs, by component.
        component: of each place, a steward's must-links counting as likely pairs.
        trained, model: the model, and its text.
        dropped: values too common to be one person's.
    """

    records: pa.Table
    partition: pa.Table
    edges: pa.Table
    questions: pa.Table
    rows: NDArray[np.int64]
    standard: pa.Table
    founding: NDArray[np.bool_]
    telling: tuple[str, ...]
    log_frequency: NDArray[np.float32]
    names: Hashes
    keys: tuple[Hashes, ...]
    holders: tuple[NDArray[np.int32], ...]
    largest_key: NDArray[np.int64]
    left: NDArray[np.int32]
    right: NDArray[np.int32]
    log_odds: NDArray[np.float64]
    component: NDArray[np.int32]
    trained: TrainedModel
    model: str
    dropped: Dropped


def base_of(run: Run, config: LinkConfig) -> BaseRun:
    """Return what later runs need of a finished one that kept its standard records."""
    parts = KeyParts(run.encoded)
    keys, holders = [], []
    for rule in RULES:
        places, found = parts.keys(rule)
        order = np.argsort(found)
        keys.append(found[order])
        holders.append(places[order].astype(np.int32))
    likely = run.scored.log_odds >= logit(config.component_floor)
    left, right = run.scored.left[likely], run.scored.right[likely]
    # Who must be one person is joined anew together, also where no pair is likely.
    component = component_labels(
        len(run.rows),
        np.concatenate([left, run.decided.must[:, 0]]),
        np.concatenate([right, run.decided.must[:, 1]]),
    ).astype(np.int32)
    order = np.lexsort((right, left, component[left]))
    ids = run.record_ids.take(pa.array(run.rows))
    edges = run.scored.kept(run.scored.log_odds >= logit(config.edge_floor))
    text = model_text(run.trained)
    return BaseRun(
        records=run.table,
        partition=partition_table(
            run.record_ids, run.rows, run.founding, run.merges, config
        ),
        edges=edge_table(edges, ids, model_id(text)),
        questions=review_table(ids, run.merges, run.scored, config),
        rows=run.rows,
        standard=run.standard,
        founding=run.founding[run.rows],
        telling=run.telling,
        log_frequency=run.log_frequency,
        names=parts.name_hashes,
        keys=tuple(keys),
        holders=tuple(holders),
        largest_key=run.blocking_report["largest_key"].to_numpy(),
        left=left[order],
        right=right[order],
        log_odds=run.scored.log_odds[likely][order],
        component=component,
        trained=run.trained,
        model=text,
        dropped=run.encoded.dropped,
    )


def found_by_keys(
    base: BaseRun, parts: KeyParts, gone: NDArray[np.bool_]
) -> tuple[NDArray, NDArray, NDArray]:
    """Return pairs (new record, place in the base, rule) that a blocking rule finds.

    A key that the base used finds all its holders; a commoner one those that share two
    of surname, forename and birth date, as ``block`` holds it.

    Args:
        base: the full run.
        parts: key parts of the new records.
        gone: places whose record was replaced.
    """
    found: list[tuple[NDArray, NDArray, NDArray]] = []
    for number, rule in enumerate(RULES):
        new, wanted = parts.keys(rule)
        start = np.searchsorted(base.keys[number], wanted, side="left")
        size = np.searchsorted(base.keys[number], wanted, side="right") - start
        usual = size < max(2, base.largest_key[number])
        for chosen, alike_only in (
            (usual, False),
            (~usual & (size <= LARGEST_PERSON), True),
        ):
            count = size[chosen]
            left = np.repeat(new[chosen], count)
            offset = np.arange(count.sum()) - np.repeat(np.cumsum(count) - count, count)
            holder = base.holders[number][np.repeat(start[chosen], count) + offset]
            kept = ~gone[holder]
            if alike_only:
                told = parts.name_hashes[left]
                same = (told == base.names[holder]) & (told > 0)
                kept &= same.sum(axis=1) >= 2
            left, holder = left[kept], holder[kept]
            found.append((left, holder, np.full(len(left), number, np.uint8)))
    left, holder, rule = (np.concatenate(part) for part in zip(*found, strict=True))
    pair = left.astype(np.int64) * len(base.rows) + holder
    _, first = np.unique(pair, return_index=True)
    return left[first], holder[first].astype(np.int64), rule[first]
