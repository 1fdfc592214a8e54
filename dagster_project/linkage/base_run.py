"""What a full run leaves behind, so that later records can be linked to it.

Belongs here: the arrays of a finished run and looking records up in them. Does not
belong here: files (``base_files``), linking the later records (``increment``).

Places count the records that may be linked, in the order of their record ids.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
from numba import get_num_threads, njit
from numpy.typing import NDArray

from dagster_project.linkage.blocking import LARGEST_PERSON, RULES
from dagster_project.linkage.blocking_keys import KeyParts
from dagster_project.linkage.components import component_labels
from dagster_project.linkage.config import LinkConfig
from dagster_project.linkage.deaths import death_questions
from dagster_project.linkage.encode import Dropped
from dagster_project.linkage.laid_aside import LaidAside
from dagster_project.linkage.link import Run
from dagster_project.linkage.model_file import model_id, model_text
from dagster_project.linkage.questions import most_useful_first
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
        laid_aside: those of these that lie in the files they are to be kept in.
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
    laid_aside: frozenset[str] = frozenset()

    @cached_property
    def model_id(self) -> str:
        """Return the name of the model, the hash of its text."""
        return model_id(self.model)


def base_of(run: Run, config: LinkConfig, aside: LaidAside) -> BaseRun:
    """Return what later runs need of a finished one that kept its standard records.

    Args:
        run: the finished run.
        config: its settings.
        aside: where the large parts are put; the keys alone are half a gigabyte where
            a million records were linked.
    """
    parts = KeyParts(run.encoded)
    keys, holders = [], []
    for number, rule in enumerate(RULES):
        places, found = parts.keys(rule)
        order = np.argsort(found)
        keys.append(aside.array(f"keys_{number}", found[order]))
        sorted_places = places[order].astype(np.int32)
        holders.append(aside.array(f"holders_{number}", sorted_places))
    names = parts.name_hashes
    del parts  # it keeps what it made of each rule
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
    stated = run.model.stated
    edges = run.scored.kept(
        run.scored.log_odds >= stated.pair_log_odds(config.edge_floor)
    )
    text = model_text(run.trained)
    partition = partition_table(
        run.record_ids, run.rows, run.founding, run.merges, config
    )
    questions = [
        review_table(ids, run.merges, run.scored, config),
        death_questions(run.table, partition["cluster"]),
    ]
    return BaseRun(
        records=run.table,
        partition=partition,
        edges=aside.table("edges", edge_table(edges, ids, model_id(text), stated)),
        questions=most_useful_first(pa.concat_tables(questions)),
        rows=run.rows,
        standard=run.standard,
        founding=run.founding[run.rows],
        telling=run.telling,
        log_frequency=run.log_frequency,
        names=names,
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
        laid_aside=frozenset(aside.names),
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
    told, names = parts.name_hashes, np.asarray(base.names)
    parts.prepare(RULES)

    def of_rule(number: int) -> tuple[NDArray, NDArray, NDArray]:
        new, wanted = parts.keys(RULES[number])
        order = np.argsort(wanted)  # looked up in order, of a file less is read
        new, wanted = new[order], wanted[order]
        start = np.searchsorted(base.keys[number], wanted, side="left")
        size = np.searchsorted(base.keys[number], wanted, side="right") - start
        usual = size < max(2, base.largest_key[number])
        kept = usual | (size <= LARGEST_PERSON)
        left, holder = _holders_of(
            new[kept],
            start[kept],
            size[kept],
            ~usual[kept],
            np.asarray(base.holders[number]),
            gone,
            told,
            names,
        )
        return left, holder, np.full(len(left), number, np.uint8)

    with ThreadPoolExecutor(get_num_threads()) as pool:
        found = list(pool.map(of_rule, range(len(RULES))))
    left, holder, rule = (np.concatenate(part) for part in zip(*found, strict=True))
    pair = left.astype(np.int64) * len(base.rows) + holder
    _, first = np.unique(pair, return_index=True)
    return left[first], holder[first], rule[first]


@njit(cache=True, nogil=True)
def _holders_of(new, start, size, alike_only, holders, gone, told, names):
    """Return (new record, place in the base) for keys of new records.

    Args:
        new: record of each key.
        start: of the key's holders among ``holders``, of which it has ``size``.
        size: see ``start``.
        alike_only: whether only holders count that share two of the three names.
        holders: place in the base of each key.
        gone: places whose record was replaced.
        told: [new record, surname, forename, birth date].
        names: [place, surname, forename, birth date].
    """
    room = size.sum()
    left, holder = np.empty(room, np.int64), np.empty(room, np.int64)
    found = 0
    for key in range(len(new)):
        row = new[key]
        for place in range(start[key], start[key] + size[key]):
            one = holders[place]
            if gone[one]:
                continue
            if alike_only[key]:
                same = 0
                for part in range(names.shape[1]):
                    same += told[row, part] > 0 and told[row, part] == names[one, part]
                if same < 2:
                    continue
            left[found], holder[found] = row, one
            found += 1
    return left[:found].copy(), holder[:found].copy()
